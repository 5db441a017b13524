"""The operator's guide, `docs/how-to/operate.md`: what each alert means, in a section that is named for its measure.

The site shows it, and the other how-to pages that it links to.
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

GUIDE = "operate"
_NAMED = re.compile(r"^#{2,4} `(\w+)`", re.MULTILINE)
_PAGE = re.compile(r"([\w-]+)\.md(#[\w-]+)?")


def text(name: str = GUIDE) -> str:
    """A how-to page as Markdown; empty where there is none: nobody is kept from an alert by that."""
    path = Path(settings.BASE_DIR) / "docs" / "how-to" / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


@cache
def sections() -> frozenset[str]:
    """The names of its sections about alerts: a heading begins with such a name as code."""
    return frozenset(_NAMED.findall(text()))


def link_of(measure: str) -> str:
    """The path of the section about a measure, else of the guide."""
    page = reverse("guide")
    return f"{page}#{measure}" if measure in sections() else page


def as_html(name: str = GUIDE) -> str:
    """A page as HTML: headings can be linked to; HTML in the text is shown, not obeyed."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text(name))
    for opened, inline in pairwise(tokens):
        if opened.type == "heading_open":
            named = re.match(r"`(\w+)`", inline.content)
            opened.attrSet("id", named.group(1) if named else _slug(inline.content))
        for link in inline.children or ():
            if link.type == "link_open":
                _redirect(link)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _redirect(link: Any) -> None:
    """Links to other how-to pages go to the site's; those to other files of the repository go nowhere from here."""
    target = str(link.attrGet("href"))
    if page := _PAGE.fullmatch(target):
        link.attrSet("href", reverse("guide-page", args=[page.group(1)]) + (page.group(2) or ""))
    elif target.startswith("../"):
        link.attrSet("href", reverse("guide"))
        link.attrSet("title", f"docs/{target.removeprefix('../')} in the repository")


def _slug(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
