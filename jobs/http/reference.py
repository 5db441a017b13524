"""The HTTP API as a page of Markdown, out of its own OpenAPI document: docs/reference/http-api.md."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

_HEAD = """# HTTP API

Every endpoint, as `manage.py api_reference` writes it from the code; a test holds this page against the code.
Bodies, answers and errors with every field: `/api/v1/docs` of a running site, or `/api/v1/openapi.json`.

Reads need a session or a token (`Authorization: Bearer ...`), writes the permission for the queue. Errors are
problem details (RFC 9457) with a stable `type` and a message per field. Lists go on with `cursor`, which is the `next`
of the page before. Too many requests are answered 429 with `Retry-After`.
"""
_METHODS = ("get", "post", "put", "patch", "delete")


def reference(document: Mapping[str, Any]) -> str:
    """The page; endpoints stand in the order of their addresses under the topics of the document."""
    rows = sorted(_rows(document), key=lambda row: row[0])
    sections = [
        _section(topic, [line for _, line in lines]) for topic, lines in groupby(rows, lambda row: row[0])
    ]
    return "\n".join([_HEAD, *sections])


def _rows(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(topic, line of a table) of each endpoint."""
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                yield operations[method]["tags"][0], _line(method, path, operations[method])


def _line(method: str, path: str, operation: Mapping[str, Any]) -> str:
    told = " ".join(operation.get("description", "").split("\n\n")[0].split())
    asked = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    query = " ".join(f"`{name}`" for name in asked)
    body = "body" if "requestBody" in operation else ""
    takes = ", ".join(part for part in (query, body) if part)
    answers = ", ".join(str(status) for status in operation["responses"] if int(status) < 400)
    cells = (f"`{method.upper()} {path}`", told.replace("|", "\\|"), takes, answers)
    return f"| {' | '.join(cells)} |"


def _section(topic: str, lines: list[str]) -> str:
    head = "| endpoint | does | takes | answers |\n|---|---|---|---|"
    return "\n".join([f"## {topic[0].upper()}{topic[1:]}", "", head, *lines, ""])
