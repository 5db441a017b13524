"""Tasks that the tests run in real workers."""

import ctypes
import hashlib
import os
import resource
import signal
import sys
import time
from typing import Any

from celery import Task, shared_task
from django.db import connection
from pydantic import SecretStr

from jobs import (
    Debounce,
    KeepLast,
    Permanent,
    RateLimited,
    Snooze,
    Throttle,
    Unique,
    check_cancelled,
    log,
    progress,
)


def record(mark: str) -> None:
    """Note an execution in a table that only the tests have."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tests_mark (mark, pid) VALUES (%s, %s)", [mark, os.getpid()])


class Polite(Task):
    """A base class as it is written for Celery: it knows nothing of the platform, nor calls its parent."""

    max_retries = 1
    default_retry_delay = 0

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Says hello."""
        record(f"before {task_id}")

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        """Says goodbye."""
        record(f"after {task_id}")


@shared_task(base=Polite)
def courteous(value: str) -> str:
    """Runs under a base class of its own."""
    return value


@shared_task
def noop(value: Any = None) -> Any:
    """Answers with what it was given."""
    return value


@shared_task
def add(x: int, y: int) -> int:
    """A typed payload."""
    return x + y


@shared_task
def mark(name: str, seconds: float = 0.0) -> str:
    """Leaves a mark, after a while."""
    time.sleep(seconds)
    record(name)
    return name


@shared_task
def fail(message: str = "no luck") -> None:
    """Fails every time."""
    raise RuntimeError(message)


@shared_task
def refuse() -> None:
    """Fails for good."""
    raise Permanent("it is not to be")


@shared_task(bind=True)
def fail_until(self: Any, attempt: int) -> int:
    """Fails until its n-th attempt."""
    if self.request.retries + 1 < attempt:
        raise RuntimeError(f"attempt {self.request.retries + 1}")
    return int(self.request.retries + 1)


@shared_task(bind=True, max_retries=5)
def ask_again(self: Any, times: int) -> int:
    """Retries by hand."""
    if self.request.retries < times:
        raise self.retry(countdown=0.1)
    return int(self.request.retries)


@shared_task(bind=True)
def snooze_once(self: Any, key: str) -> str:
    """Waits for its mark without using an attempt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tests_mark WHERE mark = %s", [key])
        seen = cursor.fetchone()[0]
    if not seen:
        record(key)
        raise Snooze(0.2)
    return "awake"


@shared_task
def limited(delay: float) -> None:
    """Always told to wait."""
    raise RateLimited(delay)


@shared_task(unique=Unique("name"))
def only_one(name: str, seconds: float = 0.0) -> str:
    """One at a time per name."""
    time.sleep(seconds)
    return name


@shared_task
def die(number: int = signal.SIGKILL) -> None:
    """Kills its own process, every time."""
    os.kill(os.getpid(), number)
    time.sleep(5)


@shared_task
def leave(status: int, politely: bool = False) -> None:
    """Ends its own process, every time; politely with the exception that Python has for it."""
    if politely:
        sys.exit(status)
    os._exit(status)


@shared_task(max_retries=0)
def hoard() -> None:
    """Asks for more memory than its process may have."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2**32, before[1]))
    try:
        bytearray(2**33)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@shared_task
def hold_the_interpreter(name: str, seconds: int) -> str:
    """Sits in C code that lets no other thread of its process run."""
    ctypes.PyDLL(None).sleep(seconds)
    record(name)
    return name


@shared_task(time_limit=1, max_retries=1)
def overrun(seconds: float) -> None:
    """Runs past its hard time limit."""
    time.sleep(seconds)


@shared_task(soft_time_limit=1, max_retries=0)
def overrun_softly(seconds: float) -> None:
    """Runs past its soft time limit."""
    time.sleep(seconds)


@shared_task(stale_after=1.0)
def go_stale(seconds: float) -> str:
    """Runs past its stale-after."""
    time.sleep(seconds)
    return "too late"


@shared_task
def unserialisable() -> Any:
    """Gives back what cannot be JSON."""
    return object()


@shared_task
def large(size: int) -> str:
    """Gives back much."""
    return "x" * size


@shared_task
def climb(steps: int, seconds: float) -> dict[str, int]:
    """Tells how far it is, step by step."""
    for step in range(1, steps + 1):
        time.sleep(seconds)
        progress(step / steps, f"step {step} of {steps}")
    return {"steps": steps}


@shared_task
def tell(steps: int, seconds: float = 0.0) -> int:
    """Tells progress and writes a line at every step."""
    for step in range(1, steps + 1):
        time.sleep(seconds)
        progress(step / steps, f"step {step}")
        log(f"line {step}", step=step)
    return steps


@shared_task(secret=("key",))
def keep_secret(name: str, key: str) -> str:
    """Takes a secret."""
    return name


@shared_task(bind=True)
def moody(self: Any, name: str, mood: str = "quick", seconds: float = 0.0) -> str:
    """Does what its mood says."""
    if mood == "long":
        time.sleep(seconds)
    elif mood == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif mood == "permanent":
        raise Permanent("it is not to be")
    elif mood == "fail-once" and self.request.retries == 0:
        raise RuntimeError("the first time never works")
    return name


@shared_task
def tenant_work(tenant: str, seconds: float = 0.0) -> str:
    """Work of one of several tenants."""
    time.sleep(seconds)
    return tenant


@shared_task(bind=True)
def asked_to_wait(self: Any, tenant: str, seconds: float = 0.0) -> str:
    """Its provider asks it once to wait."""
    if seconds and self.request.get("millrace", {}).get("s", 0) == 0:
        raise RateLimited(seconds)
    return tenant


@shared_task(rate_limit="5/s")
def five_a_second(n: int) -> int:
    """Limited as Celery does it."""
    return n


@shared_task(cancel_grace=0.3)
def work(name: str, seconds: float) -> str:
    """Looks for a request to cancel, and leaves a mark when it ends well."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        check_cancelled()
        time.sleep(0.01)
    record(name)
    return name


@shared_task(cancel_grace=30.0)
def tell_until_stopped() -> None:
    """Tells progress and never looks for anything else; tidies up when it is stopped."""
    try:
        while True:
            progress(None, "still here")
            time.sleep(0.05)
    finally:
        progress(None, "tidied up")
        record("tidied up")


@shared_task(cancel_grace=0.3)
def sleep_on(seconds: float) -> None:
    """Sleeps without looking."""
    time.sleep(seconds)


@shared_task(cancel_grace=0.3)
def spin(seconds: float) -> None:
    """Keeps the processor busy without looking."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


@shared_task(cancel_grace=0.3)
def stubborn(seconds: float) -> None:
    """Swallows whatever it is told."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            time.sleep(0.1)
        except Exception:
            record("swallowed")


@shared_task(cancel_grace=0.3, max_retries=None)
def insist() -> None:
    """Fails and is tried again for ever."""
    raise RuntimeError("once more")


@shared_task(relies_on=("outside",), max_retries=None, default_retry_delay=1)
def call_outside(name: str) -> str:
    """Fails unless a mark says that the outside answers."""
    record(f"called {name}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tests_mark WHERE mark = 'outside answers'")
        if not cursor.fetchone()[0]:
            raise ConnectionError("the outside does not answer")
    return name


def _split_name(old: dict[str, Any]) -> dict[str, Any]:
    first, _, last = old.pop("name").partition(" ")
    return {**old, "first": first, "last": last}


def _add_title(old: dict[str, Any]) -> dict[str, Any]:
    return {**old, "title": "Dr"}


@shared_task(aliases=("tests.sample_tasks.salute",), upcast=(_split_name, _add_title))
def greet(*, first: str, last: str, title: str) -> str:
    """It was called salute, and took a name; then it took two."""
    record(f"{title} {first} {last}")
    return f"{title} {first} {last}"


@shared_task(unique=Throttle(1.0, "name"))
def at_most_every_second(name: str, value: str) -> str:
    """The first of a second wins."""
    record(f"{name}:{value}")
    return value


@shared_task(unique=Debounce(0.4, "name", max_wait=1.2))
def when_quiet(name: str, value: str) -> str:
    """Runs when nobody has called for a while."""
    record(f"{name}:{value}")
    return value


@shared_task(unique=KeepLast("name"))
def newest(name: str, value: str, seconds: float = 0.0) -> str:
    """One runs, and one more waits with the newest value."""
    time.sleep(seconds)
    record(f"{name}:{value}")
    return value


@shared_task(unique=Unique("name"))
def one_at_a_time(name: str, value: str) -> str:
    """One live job per name."""
    record(f"{name}:{value}")
    return value


@shared_task(bind=True)
def alone(self: Any, name: str, seconds: float) -> None:
    """Works under a lock."""
    with self.lock(f"test:{name}"):
        record(f"begin {self.request.id}")
        time.sleep(seconds)
        record(f"end {self.request.id}")


@shared_task(bind=True, secret=("key",), max_retries=1, default_retry_delay=0, unique=Unique("name", "key"))
def spill(self: Any, name: str, key: str, pin: SecretStr) -> str:
    """Repeats its secrets wherever a careless body would, then fails."""
    progress(0.5, f"using {key}", key=key)
    log(f"the pin is {pin.get_secret_value()}", key=key)
    record(hashlib.sha256((key + pin.get_secret_value()).encode()).hexdigest())
    if name == "by hand" and self.request.retries == 0:
        raise self.retry(exc=ValueError(f"not {key}"), args=(name,), kwargs={"key": key, "pin": pin})
    if name == "well":
        return name
    raise Stubborn(pin.get_secret_value()) from KeyError(key)


class Stubborn(Exception):
    """An error whose text cannot be changed from outside."""

    def __init__(self, detail: str) -> None:
        super().__init__()
        self._detail = detail

    def __str__(self) -> str:
        return f"no luck with {self._detail}"
