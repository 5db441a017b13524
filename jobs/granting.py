"""Giving a user the permissions that words name (see `jobs.permissions`)."""

from collections.abc import Iterable
from typing import Any

from jobs.models import QueueGrant
from jobs.permissions import permissions_of


def grant(user: Any, words: Iterable[str]) -> None:
    """Let the user do what the words say; what it has already stays."""
    for word in words:
        level, _, queue = word.partition(":")
        if queue:
            QueueGrant.objects.get_or_create(user=user, queue=queue)
        else:
            user.user_permissions.add(*permissions_of(level))
