"""The steps of a transaction, by name. Tests stop the process right after one of them."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

NONCE, SIGNED, SENT, WAITING = "nonce", "signed", "sent", "waiting"


def reached(step: str, subject: str) -> None:
    """A step is done and stored. EVM_STEP_HOOK, a dotted name, hears of it; it is set in tests alone."""
    name = getattr(settings, "EVM_STEP_HOOK", "")
    if name:
        _hook(name)(step, subject)


@cache
def _hook(name: str) -> Callable[[str, str], None]:
    found: Callable[[str, str], None] = import_string(name)
    return found
