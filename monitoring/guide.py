"""The operator's guide, `docs/how-to/operate.md`: what each alert means, in a section that is named for its measure."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.urls import reverse

_NAMED = re.compile(r"^#{2,4} `(\w+)`", re.MULTILINE)


def text() -> str:
    """The guide as Markdown; empty where the documentation is not installed: nobody is kept from an alert by that."""
    path = Path(settings.BASE_DIR) / "docs" / "how-to" / "operate.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


@cache
def sections() -> frozenset[str]:
    """The names of its sections about alerts: a heading begins with such a name as code."""
    return frozenset(_NAMED.findall(text()))


def link_of(measure: str) -> str:
    """The path of the section about a measure, else of the guide."""
    page = reverse("guide")
    return f"{page}#{measure}" if measure in sections() else page


def as_html() -> str:
    """The guide for a page: HTML in the text is shown, not obeyed; headings can be linked to."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text())
    for opened, inline in pairwise(tokens):
        if opened.type == "heading_open":
            named = re.match(r"`(\w+)`", inline.content)
            opened.attrSet("id", named.group(1) if named else _slug(inline.content))
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _slug(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
