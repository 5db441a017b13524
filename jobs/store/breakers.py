"""Circuit breakers: forced by operators, and their log."""

from django.db import transaction

from jobs import audit
from jobs.errors import OptionRefused
from jobs.models import BreakerEvent, BreakerSetting

AUTO, OPEN, CLOSED = "auto", "open", "closed"
MODES = (AUTO, OPEN, CLOSED)


def force(name: str, mode: str, by: str) -> None:
    """Let a breaker be open or closed until told otherwise; `auto`: it decides itself again.

    Dispatchers follow within a second. OptionRefused for another mode; the caller knows that there is such
    a breaker.
    """
    if mode not in MODES:
        raise OptionRefused("mode", f"must be one of {', '.join(MODES)}, got {mode!r}")
    with transaction.atomic():
        if mode == AUTO:
            BreakerSetting.objects.filter(name=name).delete()
        else:
            BreakerSetting.objects.update_or_create(name=name, defaults={"mode": mode, "by": by})
        log(name, mode, f"set by {by}")
        audit.record("force breaker", f"breaker {name}", by, mode=mode)


def forced() -> dict[str, str]:
    """The mode of every breaker that is forced."""
    return dict(BreakerSetting.objects.values_list("name", "mode"))


def log(name: str, phase: str, reason: str) -> None:
    """Note that a breaker changed."""
    BreakerEvent.objects.create(name=name, phase=phase, reason=reason)
