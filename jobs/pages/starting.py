"""Pages that start jobs turn away whoever may not."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from jobs.access import may_start


def must_start(request: HttpRequest, *tasks: Any) -> None:
    """PermissionDenied unless the user may change the jobs of every queue that these tasks go to."""
    if not may_start(request.user, *tasks):
        raise PermissionDenied
