"""What news and social give. Names are camelCase on the wire; sentiments are between -1 and 1."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

Label = Literal["positive", "negative", "neutral"]


class Answer(Schema):
    """Base of every answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class TaggedCoinOut(Answer):
    """A coin that an article speaks of."""

    coin: str
    symbol: str


class ArticleOut(Answer):
    """An article. The two highlighted texts are escaped HTML with <mark> around what was looked for."""

    id: int
    title: str
    url: str
    source: str
    published_at: datetime
    breaking: bool
    sentiment: float
    label: Label
    coins: list[TaggedCoinOut]
    title_highlighted: str
    summary_highlighted: str


class NewsPage(Answer):
    """A page; `next` is the cursor of the next one, null at the end."""

    items: list[ArticleOut]
    next: str | None


class TrendOut(Answer):
    """The last hour against those before; `z` in standard deviations, null with too little history."""

    mentions: int
    expected: float | None
    deviation: float | None
    z: float | None
    trending: bool


class SentimentOut(Answer):
    """The mean over posts (null without any), and how many are what."""

    mean: float | None
    mentions: int
    positive: int
    negative: int
    neutral: int


class HourOut(Answer):
    """What was said in one hour."""

    start: datetime
    mentions: int
    sentiment: float | None


class PlatformOut(Answer):
    """What one platform says."""

    platform: str
    mentions: int
    sentiment: float


class PostOut(Answer):
    """A post. Its text is as its writer sent it: escape it."""

    id: int
    platform: str
    author: str
    text: str
    url: str
    posted_at: datetime
    sentiment: float
    likes: int
    replies: int


class SocialOut(Answer):
    """What people say about a coin. `next` is the cursor of the next page of posts, null at the end."""

    coin: str
    symbol: str
    name: str
    scraped_at: datetime | None
    since: datetime
    sentiment: SentimentOut
    trend: TrendOut
    platforms: list[PlatformOut]
    hours: list[HourOut]
    posts: list[PostOut]
    next: str | None
