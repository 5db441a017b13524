"""Who may do what with jobs. The one place that decides; HTTP, sockets and pages ask here."""

from typing import Any

from django.utils import timezone

from jobs.models import ApiToken

_STAMP_EVERY = 60.0  # seconds between two writes of a token's last use


def may_view(user: Any) -> bool:
    """Whether the user may read jobs and follow them live."""
    return bool(user and user.is_authenticated and user.is_active)


def may_operate(user: Any) -> bool:
    """Whether the user may start, cancel, retry and change jobs: staff, or the permission to change jobs."""
    return may_view(user) and bool(user.is_staff or user.has_perm("jobs.change_job"))


def may_administer(user: Any) -> bool:
    """Whether the user may read the audit trail: administrators alone."""
    return may_view(user) and bool(user.has_perm("jobs.read_audit"))


def user_of_token(token: str) -> Any:
    """The active user whose API token this is, or None; notes when it was used."""
    found = live_token(token)
    return found.user if found else None


def live_token(token: str) -> ApiToken | None:
    """The row of a token that is not revoked and whose user is active; notes when it was used."""
    found = (
        ApiToken.objects.select_related("user")
        .filter(digest=ApiToken.digest_of(token), revoked=False)
        .first()
    )
    if found is None or not found.user.is_active:
        return None
    now = timezone.now()
    if found.last_used_at is None or (now - found.last_used_at).total_seconds() > _STAMP_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found
