"""/audit: who did what; for administrators."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_administer
from jobs.http.schemas import Camel, Page, Text
from jobs.queries.audit import find_entries

router = Router(by_alias=True, tags=["audit"])


class AuditFilter(Page):
    """Which entries, and which page."""

    actor: Text | None = None
    target: Text | None = None


class AuditEntryOut(Camel):
    """An act. `digest` is the SHA-256 over the entry and `previous`, the digest of the one before."""

    number: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: dict[str, Any]
    previous: str
    digest: str


class AuditPage(Camel):
    """A page; `next` is the cursor of the next one, null at the end."""

    items: list[AuditEntryOut]
    next: int | None


@router.get("", response={200: AuditPage, **PROBLEMS})
def list_entries(request: HttpRequest, wanted: Query[AuditFilter]) -> AuditPage:
    """The audit trail, newest first, a page at a time."""
    must_administer(request)
    rows, following = find_entries(
        wanted.cursor, wanted.limit, actor=wanted.actor or "", target=wanted.target or ""
    )
    items = [
        AuditEntryOut(**{name: getattr(row, name) for name in AuditEntryOut.model_fields}) for row in rows
    ]
    return AuditPage(items=items, next=following)
