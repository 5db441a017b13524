"""Tasks as Celery's own documentation writes them; they run on plain Celery and on Millrace alike."""

import os
import signal
import time
from typing import Any

from celery import Task, chain, chord, group, shared_task
from celery.exceptions import Ignore, Reject

from tests.jobs.canvas.marks import mark, marks


@shared_task(name="tests.jobs.canvas.tasks.canvas_add")
def add(x: Any, y: Any) -> Any:
    """x + y."""
    return x + y


@shared_task
def mul(x: Any, y: Any) -> Any:
    """x * y."""
    return x * y


@shared_task
def xsum(numbers: Any) -> Any:
    """The sum."""
    return sum(numbers)


@shared_task
def identity(value: Any) -> Any:
    """What it was given."""
    return value


@shared_task(ignore_result=True)
def silent(value: Any) -> Any:
    """Its result is not kept."""
    return value


@shared_task
def nothing(*args: Any, **kwargs: Any) -> str:
    """Whatever it is given."""
    return f"{args} {kwargs}"


@shared_task(name="tests.jobs.canvas.tasks.canvas_fail")
def fail(message: str = "boom", *_: Any) -> None:
    """Fails every time."""
    raise ValueError(message)


@shared_task
def note(key: str, value: Any) -> Any:
    """Leaves a mark."""
    mark(key, value)
    return value


@shared_task
def note_result(value: Any, key: str) -> Any:
    """A callback that leaves what it was given as a mark."""
    mark(key, value)
    return value


@shared_task
def note_failed_id(task_id: str, key: str) -> None:
    """An errback of the old kind."""
    mark(key, "failed")


@shared_task
def note_failure(request: Any, error: Any, traceback: Any, key: str = "") -> None:
    """An errback of the new kind."""
    mark(key, f"{type(error).__name__}: {error}; {request.task.rpartition('.')[2]}; {bool(traceback)}")


@shared_task(bind=True, max_retries=3, default_retry_delay=0)
def retry_until(self: Any, times: int) -> int:
    """Retries by hand."""
    if self.request.retries < times:
        raise self.retry(countdown=0)
    return int(self.request.retries)


@shared_task(bind=True, max_retries=2, default_retry_delay=0)
def retry_with_error(self: Any, message: str) -> None:
    """Retries until no retry is left."""
    try:
        dict[str, str]()[message]
    except KeyError as error:
        raise self.retry(exc=error, countdown=0) from error


@shared_task(bind=True, max_retries=1)
def retry_out(self: Any) -> None:
    """Retries with no error of its own until no retry is left."""
    raise self.retry(countdown=0)


@shared_task(
    autoretry_for=(ConnectionError,), max_retries=2, retry_backoff=False, default_retry_delay=0, bind=True
)
def flaky(self: Any, times: int) -> int:
    """Retried by declaration."""
    if self.request.retries < times:
        raise ConnectionError("not yet")
    return int(self.request.retries)


@shared_task(bind=True, max_retries=2)
def retry_changed(self: Any, values: list[int]) -> list[int]:
    """Retries with other arguments."""
    if len(values) < 3:
        raise self.retry(args=[[*values, len(values)]], countdown=0)
    return values


@shared_task
def ignored() -> None:
    """Ends with no result."""
    raise Ignore("nothing to see")


@shared_task(acks_late=True)
def rejected(key: str) -> None:
    """Refuses."""
    mark(key, "refused")
    raise Reject("no", requeue=False)


@shared_task(acks_late=True)
def rejected_at_first(key: str) -> str:
    """Wants to be delivered again."""
    mark(key, "seen")
    if len(marks(key)) < 2:
        raise Reject("not yet", requeue=True)
    return "taken"


@shared_task(bind=True)
def half_done(self: Any, key: str) -> str:
    """Gives itself a state, until somebody saw it."""
    self.update_state(state="HALF", meta={"percent": 50})
    until = time.monotonic() + 8
    while not marks(key) and time.monotonic() < until:
        time.sleep(0.05)
    return "done"


@shared_task(bind=True)
def says_that_it_failed(self: Any) -> None:
    """Writes its own end."""
    self.update_state(state="FAILURE", meta={"exc_type": "ValueError", "exc_message": ["by hand"]})
    raise Ignore


@shared_task(bind=True)
def retry_without_raising(self: Any, key: str) -> str:
    """Asks for a retry and goes on."""
    mark(key, self.request.retries)
    if self.request.retries == 0:
        self.retry(countdown=0, throw=False)
    return "came to its end"


@shared_task(bind=True)
def shown_arguments(self: Any, *_: Any, **__: Any) -> list[Any]:
    """How its arguments are shown to people, and its stamps."""
    return [self.request.argsrepr, self.request.kwargsrepr, self.request.stamps]


@shared_task(bind=True)
def replace_with_task(self: Any, value: int) -> Any:
    """Another task takes its place."""
    return self.replace(add.s(value, 100))


@shared_task(bind=True)
def replace_with_chain(self: Any, value: int) -> Any:
    """A chain takes its place."""
    return self.replace(chain(add.s(value, 1), mul.s(10)))


@shared_task(bind=True)
def replace_with_group(self: Any, value: int) -> Any:
    """A group takes its place."""
    return self.replace(group(add.s(value, n) for n in range(3)))


@shared_task(bind=True)
def replace_with_chord(self: Any, value: int) -> Any:
    """A chord takes its place."""
    return self.replace(chord([add.s(value, n) for n in range(3)], xsum.s()))


@shared_task(bind=True)
def replace_with_failure(self: Any) -> Any:
    """A task that fails takes its place."""
    return self.replace(fail.si("replaced and failed"))


@shared_task(bind=True)
def replace_with_failing_chain(self: Any) -> Any:
    """A chain whose first step fails takes its place."""
    return self.replace(chain(fail.si("first step"), identity.si("never")))


@shared_task(bind=True)
def replace_twice(self: Any, value: int) -> Any:
    """Its replacement is replaced too."""
    return self.replace(replace_with_chain.s(value))


@shared_task(bind=True)
def grow(self: Any, value: int) -> int:
    """Adds a part to the chord that it is in."""
    self.add_to_chord(add.s(value, 1000))
    return value


@shared_task(bind=True)
def spawn(self: Any, count: int) -> int:
    """Calls others."""
    for n in range(count):
        add.delay(n, n)
    return count


@shared_task(bind=True)
def about_me(self: Any) -> dict[str, Any]:
    """What its request says."""
    request = self.request
    return {
        "task": request.task.rpartition(".")[2],
        "retries": request.retries,
        "root is me": request.root_id == request.id,
        "has parent": request.parent_id is not None,
        "group": request.group is not None,
        "chord": request.chord is not None,
        "called directly": request.called_directly,
        "eager": request.is_eager,
    }


@shared_task(bind=True)
def root_of(self: Any, *_: Any) -> str | None:
    """The id of the first task."""
    return str(self.request.root_id)


@shared_task(bind=True)
def parent_of(self: Any, *_: Any) -> str | None:
    """The id of the task before."""
    return self.request.parent_id and str(self.request.parent_id)


@shared_task(bind=True)
def header_of(self: Any, name: str) -> Any:
    """A header of its message."""
    return (self.request.headers or {}).get(name)


@shared_task
def slow(value: Any, seconds: float) -> Any:
    """Takes its time."""
    time.sleep(seconds)
    return value


@shared_task(soft_time_limit=1)
def too_slow() -> None:
    """Runs past its soft time limit."""
    time.sleep(10)


@shared_task(bind=True)
def tell_progress(self: Any) -> str:
    """Uses update_state."""
    self.update_state(state="PROGRESS", meta={"done": 1})
    return "told"


@shared_task
def nested_chord(numbers: list[int], key: str) -> Any:
    """Starts a chord from within a task."""
    chord([add.s(n, n) for n in numbers], note_result.s(key))()
    return len(numbers)


class Custom(Exception):
    """An error of the application's own."""


@shared_task
def raise_custom(a: int, b: str) -> None:
    """Fails with an error of two arguments."""
    raise Custom(a, b)


@shared_task(typing=False)
def untyped(x: int) -> int:
    """Celery does not check its arguments."""
    return x


@shared_task(name="tests.canvas.named")
def named() -> str:
    """Has a name of its own."""
    return "named"


@shared_task
def dictionary(**values: Any) -> dict[str, Any]:
    """Keyword arguments only."""
    return values


class DyingAfterSuccess(Task):
    """Kills its worker once the outcome is written."""

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        """The end of the worker and all its children."""
        os.killpg(0, signal.SIGKILL)


@shared_task(base=DyingAfterSuccess)
def die_after_success(value: Any) -> Any:
    """The last that its worker does."""
    return value
