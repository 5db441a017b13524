"""Pages of the documentation as what they tell the reader to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block, and the text before it."""

    before: str
    kind: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """All of them, in the order of the page."""
    text, end = page.read_text(), 0
    for found in _BLOCK.finditer(text):
        yield Block(text[end : found.start()], found[2], dedent(found[3]))
        end = found.end()


def applied(change: str, text: str) -> str:
    """A text after the lines with `+` were put behind the line before them, which the text has once."""
    lines = change.splitlines(keepends=True)
    kept, added = lines[0].removeprefix(" "), [line.removeprefix("+") for line in lines[1:]]
    assert all(line.startswith("+") for line in lines[1:]), f"not one line and what comes after it: {change}"
    assert text.count(kept) == 1, f"{text.count(kept)} times in the file: {kept}"
    return text.replace(kept, kept + "".join(added))


def follow(block: Block, project: Path) -> None:
    """Change the file that the text before it names last, or write it when it is new."""
    path = project / re.findall(r"`((?:[\w.]+/)*(?:\w+\.\w+|Procfile))`", block.before)[-1]
    if block.kind == "diff":
        path.write_text(applied(block.text, path.read_text()))
    else:
        assert not path.exists()
        path.write_text(block.text)


def follow_all(page: Path, project: Path) -> None:
    """All that the page changes; a change with no text before it is of the same file."""
    named = ""
    for block in blocks(page):
        if block.kind in {"python", "diff"}:
            named = block.before if "`" in block.before else named
            follow(Block(named, block.kind, block.text), project)
