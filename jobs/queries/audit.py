"""The audit trail, a page at a time."""

from jobs.models import AuditEntry


def find_entries(
    before: int | None, limit: int, *, actor: str = "", target: str = ""
) -> tuple[list[AuditEntry], int | None]:
    """Up to `limit` entries, newest first, and the next page's `before`; empty filters mean all."""
    rows = AuditEntry.objects.all()
    for name, value in (("actor", actor), ("target", target)):
        if value:
            rows = rows.filter(**{name: value})
    if before is not None:
        rows = rows.filter(number__lt=before)
    page = list(rows.order_by("-number")[: limit + 1])
    return page[:limit], page[limit - 1].number if len(page) > limit else None
