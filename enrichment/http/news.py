"""/news: find articles; start the job that fetches them."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router
from ninja.responses import Status

from enrichment.http.answers import ArticleOut, Label, NewsPage
from enrichment.http.cursors import read, written
from enrichment.queries.news import Place, Wanted, find_news
from enrichment.tasks import index_market_news
from jobs.http import represent
from jobs.http.answers import PROBLEMS, Started
from jobs.http.auth import must_start
from jobs.http.schemas import Camel, Moment, Strict, Text

router = Router(by_alias=True, tags=["news"])

Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
_KINDS = (float, datetime, int)


class NewsFilter(Camel):
    """What to find, and which page."""

    q: Words = Field("", description='Words, "phrases", -without, or; the last word may be unfinished.')
    coin: Text | None = Field(None, description="A mint or a symbol.", max_length=64)
    since: Moment | None = Field(None, description="ISO 8601, with its offset from UTC.")
    sentiment: Label | None = None
    breaking: bool = False
    cursor: Annotated[str, Field(max_length=300)] | None = None
    limit: int = Field(20, ge=1, le=100)


class IndexBody(Strict):
    """What is known of the news that there is; the job's priority follows from it."""

    breaking: bool = False
    published_at: Moment | None = None
    force_refresh: bool = False


@router.get("", response={200: NewsPage, **PROBLEMS})
def search(request: HttpRequest, wanted: Query[NewsFilter]) -> NewsPage:
    """Find articles: with words the best come first, else the newest."""
    after = Place(*read(wanted.cursor, _KINDS)) if wanted.cursor else None
    filters = Wanted(wanted.q, wanted.coin or "", wanted.since, wanted.sentiment, wanted.breaking)
    found, place = find_news(filters, wanted.limit, after)
    following = written([place.rank, place.published_at, place.id]) if place else None
    return NewsPage(items=[ArticleOut.model_validate(one) for one in found], next=following)


@router.post("/index", response={202: Started, **PROBLEMS})
def index(request: HttpRequest, response: HttpResponse, body: IndexBody) -> Status[Started]:
    """Fetch the feeds now; breaking news is critical, news of the last five minutes high."""
    must_start(request, index_market_news)
    arguments = body.model_dump(mode="json", exclude_none=True)
    started = represent.started(index_market_news.enqueue(**arguments).answer)
    response["Location"] = started.links.self
    return Status(202, started)
