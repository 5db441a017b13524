"""The Django application `execution`."""

import sys

from django.apps import AppConfig
from django.core.checks import register


class ExecutionConfig(AppConfig):
    name = "execution"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every command check the settings first."""
        from execution.checks import check_settings

        register(check_settings, "execution")
        _keep_recursion_limit()


def _keep_recursion_limit() -> None:
    """Import py_ecc, which signing needs, before anybody else does.

    It raises the recursion limit to 100,000 for the whole process; a JSON text that deep then overflows the C
    stack and ends the process, where it should be refused.
    """
    before = sys.getrecursionlimit()
    import py_ecc  # noqa: F401 -- for what it does when it is imported

    sys.setrecursionlimit(before)
