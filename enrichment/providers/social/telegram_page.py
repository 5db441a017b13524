"""Reads the messages out of a preview page of Telegram."""

from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser

_SIZES = {"K": 1_000, "M": 1_000_000}


@dataclass(frozen=True)
class Message:
    """One message of a channel."""

    channel: str
    number: int
    text: str
    posted_at: datetime
    views: int


def read_page(html: str) -> list[Message]:
    """The messages in the page's order; those without text or time (pictures, service notes) are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [message for draft in reader.drafts if (message := draft.message()) is not None]


@dataclass
class _Draft:
    """A message while it is read."""

    place: str
    text: str = ""
    time: str = ""
    views: str = ""

    def message(self) -> Message | None:
        channel, _, number = self.place.partition("/")
        try:
            posted_at = datetime.fromisoformat(self.time)
            text = self.text.strip()
            return Message(channel, int(number), text, posted_at, _count(self.views)) if text else None
        except ValueError:
            return None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.drafts: list[_Draft] = []
        self._depth = 0  # of open div elements inside a message's text
        self._in_views = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        classes = named.get("class", "").split()
        if "data-post" in named:
            self.drafts.append(_Draft(named["data-post"]))
        if not self.drafts:
            return
        if self._depth:
            self._inside(tag)
        elif "tgme_widget_message_text" in classes:
            self._depth = 1
        elif tag == "time" and "datetime" in named:
            self.drafts[-1].time = named["datetime"]
        self._in_views = self._in_views or "tgme_widget_message_views" in classes

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._depth:
            self._depth -= 1
        if tag == "span":
            self._in_views = False

    def handle_data(self, data: str) -> None:
        if not self.drafts:
            return
        if self._depth:
            self.drafts[-1].text += data
        elif self._in_views:
            self.drafts[-1].views += data

    def _inside(self, tag: str) -> None:
        if tag == "br":
            self.drafts[-1].text += "\n"
        elif tag == "div":
            self._depth += 1


def _count(text: str) -> int:
    """1.2K is 1200."""
    text = text.strip().upper()
    size = _SIZES.get(text[-1:], 1)
    try:
        return int(float(text.rstrip("KM")) * size)
    except ValueError:
        return 0
