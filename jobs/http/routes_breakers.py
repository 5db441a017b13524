"""/breakers: circuit breakers, to read and to force."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Router

from jobs.http.answers import PROBLEMS, BreakerOut, Breakers
from jobs.http.auth import must_operate
from jobs.http.schemas import Strict, Text
from jobs.queries.breakers import BreakerNow, breakers_now, declared_breaker
from jobs.store.breakers import force

router = Router(by_alias=True, tags=["breakers"])

Name = Annotated[Text, Path(description="A dependency's name, or `queue:` and a queue's.")]


class Mode(Strict):
    """What a breaker is to do: decide itself (auto), or be open or closed until told otherwise."""

    mode: Literal["auto", "open", "closed"]


@router.get("", response={200: Breakers, **PROBLEMS})
def list_breakers(request: HttpRequest) -> Breakers:
    """Every breaker and what it lets through."""
    return Breakers(breakers=[_out(now) for now in breakers_now()])


@router.put("/{name}", response={200: BreakerOut, **PROBLEMS})
def set_mode(request: HttpRequest, name: Name, body: Mode) -> BreakerOut:
    """Force a breaker open or closed, or let it decide itself again; dispatchers follow within a second."""
    breaker = declared_breaker(name)
    kind, _, queue = breaker.partition(":")
    user = must_operate(request, *([queue] if kind == "queue" and queue else []))
    force(breaker, body.mode, str(user))
    return next(_out(now) for now in breakers_now() if now.name == name)


def _out(now: BreakerNow) -> BreakerOut:
    return BreakerOut(**vars(now) | {"guards": list(now.guards)})
