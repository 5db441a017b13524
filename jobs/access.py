"""Who may do what with jobs. The one place that decides; HTTP, sockets and pages ask here."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Q
from django.utils import timezone

from jobs.configuration import queue_book
from jobs.models import ApiToken, QueueGrant
from jobs.permissions import ADMINISTER, OPERATE, allows

_STAMP_EVERY = 60.0  # seconds between two writes of a token's last use


def may_view(user: Any) -> bool:
    """Whether the user may read jobs and follow them live."""
    return bool(user and user.is_authenticated and user.is_active)


def may_operate(user: Any, queue: str | None = None) -> bool:
    """Whether the user may start, cancel, retry and change jobs of this queue; without one, of all queues.

    Staff and those with the permission to change jobs may for all, others where a `QueueGrant` lets them.
    """
    name = None if queue is None else _declared(queue)
    if not may_view(user) or not _token_allows(user, OPERATE, name):
        return False
    if user.is_staff or user.has_perm("jobs.change_job"):
        return True
    return name is not None and _is_granted(user, name)


def may_start(user: Any, *tasks: Any) -> bool:
    """Whether the user may start jobs of all these tasks: may operate each of the queues that they go to."""
    return all(may_operate(user, queue) for queue in queues_of_tasks(*tasks))


def queues_of_tasks(*tasks: Any) -> list[str]:
    """The queues that these tasks go to, each once."""
    return list(dict.fromkeys(queue_book().of_task(task.name).name for task in tasks))


def may_administer(user: Any) -> bool:
    """Whether the user may read the audit trail: administrators alone."""
    return may_view(user) and _token_allows(user, ADMINISTER) and bool(user.has_perm("jobs.read_audit"))


def user_of_token(token: str) -> Any:
    """The active user whose API token this is, or None; notes when it was used."""
    found = live_token(token)
    return found.user if found else None


def may_still_view(user_id: int, token: str | None, session_key: str | None) -> bool:
    """Whether one who came in by a token, or by a session, would be let in again."""
    if token:
        return live_token(token) is not None
    if session_key and not SessionStore().exists(session_key):
        return False
    return get_user_model().objects.filter(pk=user_id, is_active=True).exists()


def live_token(token: str) -> ApiToken | None:
    """The row of a token that is not revoked and whose user is active; notes when it was used.

    Its user is held to the token's permissions, wherever this module is asked.
    """
    if "\0" in token:
        return None
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
    user: Any = found.user
    user.token_permissions = tuple(found.permissions)
    return found


def _token_allows(user: Any, level: str, queue: str | None = None) -> bool:
    words: tuple[str, ...] = getattr(user, "token_permissions", ())
    return not words or allows(words, level, queue)


def _is_granted(user: Any, queue: str) -> bool:
    theirs = Q(user=user.pk) | Q(group__in=user.groups.values("pk"))
    return QueueGrant.objects.filter(theirs, queue=queue).exists()


def _declared(queue: str) -> str:
    """The name that grants are for: a partition's is that of its whole."""
    return queue_book().get(queue).declared_name if queue in queue_book() else queue
