"""Circuit breakers as they are now."""

from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.breaker import Circuit, Phase, failure_share
from jobs.errors import UnknownName
from jobs.fence import circuits
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.guards import Guards, configured
from jobs.models import BreakerSetting


@dataclass(frozen=True)
class BreakerNow:
    """One breaker. `phase` is what holds, forced or not; `probe_at` when an open one lets a probe through.

    `share` is the part of the window's `calls` that failed. `guards` are the queues and tasks that it holds
    back while it is not closed.
    """

    name: str
    phase: str
    forced: bool
    since: datetime | None
    probe_at: datetime | None
    calls: int
    share: float | None
    guards: tuple[str, ...]


def breakers_now() -> list[BreakerNow]:
    """Every declared breaker, by name. Raises one of `REDIS_ERRORS` when Redis does not answer."""
    guards = configured()
    if not guards.breakers:
        return []
    found, _ = circuits.read(client(), sorted(guards.breakers))
    forced = {row.name: row for row in BreakerSetting.objects.all()}
    return [_now(name, circuit, forced.get(name), guards) for name, circuit in found.items()]


def declared_breaker(name: str) -> str:
    """The name, if there is such a breaker. UnknownName with a suggestion if there is none."""
    known = sorted(configured().breakers)
    if name not in known:
        raise UnknownName("breaker", name, known)
    return name


def holding_back(queue: str, breakers: list[BreakerNow]) -> tuple[str, ...]:
    """The breakers that hold back jobs of a queue: its own, and those of tasks that are routed to it."""
    return tuple(now.name for now in breakers if now.phase != Phase.CLOSED and queue in now.guards)


def breakers_or_none() -> list[BreakerNow]:
    """As `breakers_now`; without Redis nothing is known."""
    try:
        return breakers_now()
    except REDIS_ERRORS:
        return []


def _now(name: str, circuit: Circuit, setting: BreakerSetting | None, guards: Guards) -> BreakerNow:
    calls, share = failure_share(circuit)
    waits = circuit.phase is Phase.OPEN and setting is None
    since = setting.since if setting else _moment(circuit.since_ms)
    return BreakerNow(
        name=name,
        phase=setting.mode if setting else str(circuit.phase),
        forced=setting is not None,
        since=since,
        probe_at=_moment(circuit.due_ms) if waits else None,
        calls=calls,
        share=share,
        guards=guards.guarded_by(name),
    )


def _moment(at_ms: int) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms else None
