"""What every place where people talk gives, in the same words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Post:
    """One post; `post_id` is unique on its platform. `likes` and `replies` are 0 where nobody counts."""

    platform: str
    post_id: str
    author: str
    text: str
    url: str
    posted_at: datetime
    likes: int = 0
    replies: int = 0


class PostSource(Protocol):
    """A platform that can be searched."""

    platform: str

    def search(self, words: Sequence[str], since: datetime, limit: int) -> list[Post]:
        """The newest posts that have one of the words, newest first, at most `limit`, none before `since`.

        Raises RateLimited, Transient, Permanent.
        """
