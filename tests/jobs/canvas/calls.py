"""Calls as they are written for Celery. Each answers with JSON; ids in texts are blanked out."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from celery import chain, chord, chunks, current_app, group, signature, xmap, xstarmap
from celery.exceptions import TimeoutError as TooLate
from celery.result import AsyncResult, GroupResult, result_from_tuple
from celery.signals import after_task_publish, before_task_publish

from tests.jobs.canvas import tasks as t
from tests.jobs.canvas.marks import mark, marks
from tests.waiting import wait_until

CALLS: dict[str, Callable[[], Any]] = {}

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def call(function: Callable[[], Any]) -> Callable[[], Any]:
    """Enter a call under its function's name."""
    CALLS[function.__name__] = function
    return function


def plain(value: Any) -> Any:
    """JSON types, with no ids."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return _ID.sub("<id>", value if isinstance(value, str) else repr(value))


def end(result: Any, seconds: float = 10) -> Any:
    """What `get` gives, or the error that it raises."""
    try:
        return result.get(timeout=seconds)
    except TooLate:
        return "no end in sight"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def marked(key: str, count: int = 1) -> list[Any]:
    """The marks under a key, once there are so many."""
    wait_until(lambda: len(marks(key)) >= count, 10, f"{count} marks under {key}")
    time.sleep(0.3)  # one too many would come now
    return sorted(marks(key), key=str)


@contextmanager
def heard(signal: Any, receiver: Callable[..., None]) -> Iterator[None]:
    """Connect a receiver for the length of a `with` block."""
    signal.connect(receiver, weak=False)
    try:
        yield
    finally:
        signal.disconnect(receiver)


def key() -> str:
    """A key for marks that nobody else uses."""
    return uuid.uuid4().hex


# -- calling ------------------------------------------------------------------------------------------


@call
def delay() -> Any:
    return end(t.add.delay(2, 3))


@call
def delay_with_keywords() -> Any:
    return end(t.add.delay(x=2, y=3))


@call
def apply_async() -> Any:
    return end(t.add.apply_async((2, 3)))


@call
def apply_async_with_keywords() -> Any:
    return end(t.add.apply_async(args=(2,), kwargs={"y": 5}))


@call
def only_keywords() -> Any:
    return end(t.dictionary.delay(a=1, b=[2, 3], c={"d": None}))


@call
def a_task_id_of_ones_own() -> Any:
    own = str(uuid.uuid4())
    result = t.add.apply_async((1, 1), task_id=own)
    return [result.id == own, end(AsyncResult(own))]


@call
def countdown() -> Any:
    started = time.monotonic()
    result = t.add.apply_async((1, 2), countdown=1)
    return [end(result), time.monotonic() - started >= 0.9]


@call
def eta() -> Any:
    return end(t.add.apply_async((1, 2), eta=datetime.now(UTC) + timedelta(seconds=1)))


@call
def eta_in_the_past() -> Any:
    return end(t.add.apply_async((1, 2), eta=datetime.now(UTC) - timedelta(hours=1)))


@call
def expires_in_time() -> Any:
    return end(t.add.apply_async((1, 2), expires=60))


@call
def expired_before_it_started() -> Any:
    result = t.add.apply_async((1, 2), countdown=1, expires=0.5)
    wait_until(lambda: result.state == "REVOKED", 20, "the expiry")
    return result.state


@call
def expires_at_a_moment() -> Any:
    return end(t.add.apply_async((4, 2), expires=datetime.now(UTC) + timedelta(minutes=1)))


@call
def priority() -> Any:
    return end(t.add.apply_async((1, 2), priority=9))


@call
def ignore_result_per_call() -> Any:
    k = key()
    result = t.note.apply_async((k, 1), ignore_result=True)
    return [marked(k), result.state, result.result]


@call
def ignore_result_per_task() -> Any:
    k = key()
    result = t.silent.apply_async((3,), link=t.note_result.s(k))
    return [marked(k), result.state]


@call
def send_task_by_name() -> Any:
    return end(current_app.send_task("tests.jobs.canvas.tasks.canvas_add", (7, 8)))


@call
def a_name_of_its_own() -> Any:
    return end(current_app.send_task("tests.canvas.named"))


@call
def signature_by_name() -> Any:
    return end(signature("tests.jobs.canvas.tasks.canvas_add", args=(2, 2)).delay())


@call
def headers_of_ones_own() -> Any:
    return end(t.header_of.apply_async(("color",), headers={"color": "red"}))


@call
def apply_in_place() -> Any:
    return t.add.apply((4, 4)).get()


@call
def call_directly() -> Any:
    return t.add(4, 4)


@call
def what_the_request_says() -> Any:
    return end(t.about_me.delay())


@call
def values_of_many_kinds() -> Any:
    value: list[Any] = [None, True, 1.5, "text", {"a": [1, {"b": 2}]}, [], {}, "ünïcode"]
    return end(t.identity.delay(value))


@call
def a_moment_as_an_argument() -> Any:
    return end(t.identity.delay(datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)))


@call
def a_decimal_as_an_argument() -> Any:
    return end(t.identity.delay(Decimal("1.10")))


@call
def wrong_arguments() -> Any:
    try:
        t.add.delay(1)
    except Exception as error:
        return isinstance(error, Exception)
    return "accepted"


@call
def an_untyped_task_with_wrong_arguments() -> Any:
    return end(t.untyped.delay(1, 2)).partition(":")[0]


@call
def update_state() -> Any:
    return end(t.tell_progress.delay())


# -- failing and retrying -----------------------------------------------------------------------------


@call
def failure() -> Any:
    result = t.fail.delay("why not")
    return [end(result), result.state, result.failed(), result.successful(), result.ready()]


@call
def failure_without_propagation() -> Any:
    result = t.fail.delay("why not")
    return repr(result.get(timeout=20, propagate=False))


@call
def an_error_of_ones_own() -> Any:
    result = t.raise_custom.delay(1, "b")
    value = result.get(timeout=20, propagate=False)
    return [type(value).__name__, list(value.args)]


@call
def traceback() -> Any:
    result = t.fail.delay("traced")
    end(result)
    return "ValueError: traced" in (result.traceback or "")


@call
def retry_by_hand() -> Any:
    return end(t.retry_until.delay(2))


@call
def retry_too_often() -> Any:
    return end(t.retry_with_error.delay("gone"))


@call
def retry_too_often_without_an_error() -> Any:
    return end(t.retry_out.delay()).partition(":")[0]


@call
def autoretry() -> Any:
    return end(t.flaky.delay(2))


@call
def autoretry_too_often() -> Any:
    return end(t.flaky.delay(9))


@call
def retry_with_other_arguments() -> Any:
    return end(t.retry_changed.delay([0]))


@call
def a_retried_step_in_a_chain() -> Any:
    return end(chain(t.retry_until.s(2), t.add.s(10)).delay())


@call
def a_retried_part_of_a_chord() -> Any:
    return end(chord([t.retry_until.s(1), t.retry_until.s(2)], t.xsum.s()).delay())


@call
def ignore() -> Any:
    result = t.ignored.delay()
    time.sleep(1)
    return result.state in {"PENDING", "SUCCESS"}


@call
def reject() -> Any:
    k = key()
    result = t.rejected.delay(k)
    return [marked(k), result.state]


@call
def reject_to_be_delivered_again() -> Any:
    k = key()
    result = t.rejected_at_first.delay(k)
    return [end(result), marked(k)]


@call
def retry_without_raising_it() -> Any:
    k = key()
    t.retry_without_raising.delay(k)
    return marked(k, 2)


@call
def a_state_of_ones_own() -> Any:
    k = key()
    result = t.half_done.delay(k)
    wait_until(lambda: result.state == "HALF", 10, "the state")
    seen = [result.state, result.info, result.ready()]
    mark(k, "seen")
    return [*seen, end(result), result.state]


@call
def a_failure_that_the_task_writes_itself() -> Any:
    result = t.says_that_it_failed.delay()
    wait_until(lambda: result.state not in {"PENDING", "STARTED"}, 10, "the end")
    return [result.state, repr(result.result)]


@call
def arguments_that_are_not_shown() -> Any:
    return end(
        t.shown_arguments.apply_async((1,), {"card": "4111"}, argsrepr="<one>", kwargsrepr="{'card': '****'}")
    )


@call
def signals_around_a_publish() -> Any:
    told: list[Any] = []

    def before(sender: Any, headers: Any, body: Any, **_: Any) -> None:
        told.append(["before", sender, headers["task"], bool(headers["id"]), list(body[0]), body[1]])
        headers["tenant"] = "acme"

    def after(sender: Any, headers: Any, **_: Any) -> None:
        told.append(["after", sender, headers["tenant"]])

    with heard(before_task_publish, before), heard(after_task_publish, after):
        result = t.header_of.delay("tenant")
    return [end(result), told]


@call
def soft_time_limit() -> Any:
    return end(t.too_slow.delay())


# -- callbacks ----------------------------------------------------------------------------------------


@call
def link() -> Any:
    k = key()
    result = t.add.apply_async((2, 2), link=t.note_result.s(k))
    return [end(result), marked(k)]


@call
def links() -> Any:
    k = key()
    t.add.apply_async((2, 2), link=[t.note_result.s(k), t.note_result.s(k), t.add.s(1)])
    return marked(k, 2)


@call
def link_immutable() -> Any:
    k = key()
    t.add.apply_async((2, 2), link=t.note.si(k, "fixed"))
    return marked(k)


@call
def link_on_a_signature() -> Any:
    k = key()
    sig = t.add.s(2, 2)
    sig.link(t.note_result.s(k))
    return [end(sig.delay()), marked(k)]


@call
def link_a_chain() -> Any:
    k = key()
    t.add.apply_async((1, 1), link=chain(t.add.s(1), t.note_result.s(k)))
    return marked(k)


@call
def link_a_group() -> Any:
    k = key()
    t.add.apply_async((1, 1), link=group(t.note_result.s(k), t.note_result.s(k)))
    return marked(k, 2)


@call
def children() -> Any:
    result = t.add.apply_async((2, 2), link=t.mul.s(16))
    end(result)
    wait_until(lambda: AsyncResult(result.id).children, 20, "the children")
    return [end(child) for child in AsyncResult(result.id).children]


@call
def children_of_a_task_that_calls_others() -> Any:
    result = t.spawn.delay(3)
    end(result)
    return sorted(end(child) for child in AsyncResult(result.id).children)


@call
def collect() -> Any:
    result = t.add.apply_async((2, 2), link=t.add.s(5))
    end(result)
    wait_until(lambda: AsyncResult(result.id).children, 20, "the children")
    return [value for _, value in AsyncResult(result.id).collect()]


@call
def no_callback_of_a_failure() -> Any:
    k, other = key(), key()
    t.fail.apply_async(("no",), link=t.note_result.s(k), link_error=t.note_failed_id.s(other))
    return [marked(other), marks(k)]


# -- errbacks -----------------------------------------------------------------------------------------


@call
def link_error_with_the_id() -> Any:
    k = key()
    t.fail.apply_async(("no",), link_error=t.note_failed_id.s(k))
    return marked(k)


@call
def link_error_with_the_failure() -> Any:
    k = key()
    t.fail.apply_async(("no",), link_error=t.note_failure.s(key=k))
    return marked(k)


@call
def link_error_immutable() -> Any:
    k = key()
    t.fail.apply_async(("no",), link_error=t.note.si(k, "failed somewhere"))
    return marked(k)


@call
def link_errors() -> Any:
    k = key()
    t.fail.apply_async(("no",), link_error=[t.note_failure.s(key=k), t.note_failed_id.s(k)])
    return marked(k, 2)


@call
def on_error_of_a_signature() -> Any:
    k = key()
    t.fail.s("no").on_error(t.note_failure.s(key=k)).delay()
    return marked(k)


@call
def on_error_of_a_chain() -> Any:
    k = key()
    result = chain(t.add.s(1, 1), t.fail.si("middle"), t.add.s(1)).on_error(t.note_failure.s(key=k)).delay()
    return [end(result), marked(k)]


@call
def no_errback_of_a_success() -> Any:
    k = key()
    result = t.add.apply_async((1, 1), link_error=t.note_failed_id.s(k))
    return [end(result), marks(k)]


@call
def no_errback_of_a_retry() -> Any:
    k = key()
    result = t.retry_until.apply_async((2,), link_error=t.note_failed_id.s(k))
    return [end(result), marks(k)]


@call
def errback_after_the_last_retry() -> Any:
    k = key()
    t.retry_with_error.apply_async(("gone",), link_error=t.note_failure.s(key=k))
    return marked(k)


@call
def link_error_of_a_group() -> Any:
    k = key()
    g = group(t.fail.s("a"), t.add.s(1, 1), t.fail.s("b"))
    g.link_error(t.note_failure.s(key=k))
    g.delay()
    return marked(k, 2)


# -- partials and chains ------------------------------------------------------------------------------


@call
def partial() -> Any:
    return end(t.add.s(2).delay(4))


@call
def partial_with_keywords() -> Any:
    return end(t.add.s(2).clone(kwargs={"y": 1}).delay())


@call
def immutable() -> Any:
    return end(t.add.si(2, 2).delay())


@call
def signature_with_options() -> Any:
    return end(t.add.s(2, 2).set(countdown=0.2).delay())


@call
def chain_of_three() -> Any:
    return end(chain(t.add.s(2, 2), t.add.s(4), t.add.s(8))())


@call
def chain_with_pipes() -> Any:
    return end((t.add.s(4, 4) | t.mul.s(8))())


@call
def chain_with_an_argument() -> Any:
    return end((t.add.s(4) | t.mul.s(8)).delay(4))


@call
def chain_of_immutables() -> Any:
    return end((t.add.si(2, 2) | t.add.si(4, 4) | t.add.si(8, 8))())


@call
def parents_in_a_chain() -> Any:
    result = chain(t.add.s(2, 2), t.add.s(4), t.add.s(8))()
    return [end(result), end(result.parent), end(result.parent.parent), result.parent.parent.parent]


@call
def chain_of_thirty() -> Any:
    return end(chain(t.add.s(0, 1), *[t.add.s(1) for _ in range(29)]).delay())


@call
def chain_of_chains() -> Any:
    return end(chain(chain(t.add.s(1, 1), t.add.s(1)), chain(t.mul.s(2), t.add.s(1))).delay())


@call
def chain_with_link() -> Any:
    k = key()
    result = chain(t.add.s(1, 1), t.mul.s(3)).apply_async(link=t.note_result.s(k))
    return [end(result), marked(k)]


@call
def chain_whose_first_step_fails() -> Any:
    result = chain(t.fail.s("first"), t.identity.si("never"), t.identity.si("never"))()
    return [end(result), end(result.parent), end(result.parent.parent)]


@call
def chain_whose_last_step_fails() -> Any:
    result = chain(t.add.s(1, 1), t.fail.si("last"))()
    return [end(result), end(result.parent)]


@call
def chain_with_a_countdown() -> Any:
    return end(chain(t.add.s(1, 1), t.add.s(1)).apply_async(countdown=0.5))


@call
def a_step_with_a_countdown() -> Any:
    return end(chain(t.add.s(1, 1), t.add.s(1).set(countdown=0.5))())


@call
def chain_through_a_silent_step() -> Any:
    return end(chain(t.silent.s(5), t.add.s(1))())


@call
def a_step_with_the_wrong_arguments() -> Any:
    return end(chain(t.add.s(1, 1), t.add.s(1, 1))()).partition(" ")[0] != "no"


@call
def chain_of_one() -> Any:
    return end(chain(t.add.s(1, 1)).delay())


@call
def root_in_a_chain() -> Any:
    first = t.add.s(1, 1)
    result = chain(first, t.root_of.s())()
    return end(result) == result.parent.id


@call
def parent_in_a_chain() -> Any:
    result = chain(t.add.s(1, 1), t.parent_of.s())()
    return end(result) == result.parent.id


@call
def a_large_value_through_a_chain() -> Any:
    return len(end(chain(t.mul.s("x", 200_000), t.identity.s())()))


@call
def a_moment_through_a_chain() -> Any:
    return end(chain(t.identity.s(datetime(2024, 1, 2, tzinfo=UTC)), t.identity.s())())


# -- groups -------------------------------------------------------------------------------------------


@call
def group_of_ten() -> Any:
    return end(group(t.add.s(i, i) for i in range(10))())


@call
def group_with_an_argument() -> Any:
    return end(group(t.add.s(i) for i in range(4)).delay(10))


@call
def group_result() -> Any:
    result = group(t.add.s(1, 1), t.add.s(2, 2))()
    values = end(result)
    return [
        values,
        result.ready(),
        result.successful(),
        result.failed(),
        result.completed_count(),
        len(result),
    ]


@call
def group_with_a_failure() -> Any:
    result = group(t.add.s(1, 1), t.fail.s("one of them"))()
    return [end(result), result.failed(), result.successful()]


@call
def group_without_propagation() -> Any:
    result = group(t.add.s(1, 1), t.fail.s("one of them"))()
    return [repr(value) for value in result.get(timeout=20, propagate=False)]


@call
def save_and_restore_a_group() -> Any:
    result = group(t.add.s(1, 1), t.add.s(2, 2))()
    result.save()
    restored = GroupResult.restore(result.id)
    return [end(restored), len(restored)]


@call
def delete_a_group() -> Any:
    result = group(t.add.s(1, 1))()
    result.save()
    result.delete()
    return GroupResult.restore(result.id)


@call
def join_a_group() -> Any:
    return group(t.add.s(1, 1), t.add.s(2, 2))().join(timeout=20)


@call
def join_a_group_natively() -> Any:
    return group(t.add.s(1, 1), t.add.s(2, 2))().join_native(timeout=20)


@call
def iterate_over_a_group_natively() -> Any:
    result = group(t.add.s(1, 1), t.add.s(2, 2))()
    return sorted(meta["result"] for _, meta in result.iter_native(timeout=20))


@call
def iterate_over_a_group() -> Any:
    result = group(t.add.s(1, 1), t.add.s(2, 2))()
    end(result)
    return sorted(child.get(timeout=20) for child in result)


@call
def group_of_groups() -> Any:
    return end(group(group(t.add.s(1, 1), t.add.s(2, 2)), group(t.add.s(3, 3)))())


@call
def group_of_chains() -> Any:
    return end(group(chain(t.add.s(n, n), t.mul.s(2)) for n in range(3))())


@call
def empty_group() -> Any:
    return end(group([])())


@call
def group_as_a_tuple_and_back() -> Any:
    result = group(t.add.s(1, 1), t.add.s(2, 2))()
    return end(result_from_tuple(result.as_tuple()))


@call
def group_with_a_countdown() -> Any:
    return end(group(t.add.s(1, 1), t.add.s(2, 2)).apply_async(countdown=0.3))


@call
def skewed_group() -> Any:
    return end(group(t.add.s(n, n) for n in range(3)).skew(start=0.1, stop=0.4, step=0.1)())


# -- chords -------------------------------------------------------------------------------------------


@call
def chord_called() -> Any:
    return end(chord(t.add.s(i, i) for i in range(10))(t.xsum.s()))


@call
def chord_of_one() -> Any:
    return end(chord([t.add.s(1, 1)])(t.xsum.s()))


@call
def chord_with_the_header_in_order() -> Any:
    return end(chord([t.slow.s(n, 0.2 - n * 0.05) for n in range(4)], t.identity.s()).delay())


@call
def chord_with_an_immutable_body() -> Any:
    return end(chord([t.add.s(1, 1), t.add.s(2, 2)])(t.identity.si("done")))


@call
def chord_with_an_empty_header() -> Any:
    return end(chord([])(t.xsum.s()))


@call
def group_then_task() -> Any:
    return end((group(t.add.s(i, i) for i in range(5)) | t.xsum.s())())


@call
def group_then_task_then_task() -> Any:
    return end((group(t.add.s(i, i) for i in range(5)) | t.xsum.s() | t.mul.s(2))())


@call
def task_then_group() -> Any:
    return end((t.add.s(1, 1) | group(t.add.s(1), t.mul.s(10)))())


@call
def task_then_group_then_task() -> Any:
    return end((t.add.s(4, 16) | group(t.mul.s(2), t.mul.s(3)) | t.xsum.s())())


@call
def group_then_group() -> Any:
    return end((group(t.add.s(1, 1), t.add.s(2, 2)) | group(t.xsum.s(), t.identity.s()))())


@call
def group_then_group_then_task() -> Any:
    return end((group(t.add.s(1, 1), t.add.s(2, 2)) | group(t.xsum.s(), t.xsum.s()) | t.xsum.s())())


@call
def chord_in_a_chain() -> Any:
    return end(chain(t.add.s(1, 1), chord([t.add.s(1), t.add.s(2)], t.xsum.s()), t.mul.s(10)).delay())


@call
def chains_in_a_chord() -> Any:
    return end(chord([chain(t.add.s(n, n), t.mul.s(2)) for n in range(4)], t.xsum.s()).delay())


@call
def chord_in_a_chord() -> Any:
    inner = chord([t.add.s(1, 1), t.add.s(2, 2)], t.xsum.s())
    return end(chord([inner, t.add.s(10, 10)], t.xsum.s()).delay())


@call
def group_in_a_chord() -> Any:
    return end(chord([group(t.add.s(1, 1), t.add.s(2, 2)), t.add.s(3, 3)], t.identity.s()).delay())


@call
def a_chain_as_the_body() -> Any:
    return end(chord([t.add.s(1, 1), t.add.s(2, 2)], chain(t.xsum.s(), t.mul.s(3))).delay())


@call
def a_group_as_the_body() -> Any:
    return end(chord([t.add.s(1, 1), t.add.s(2, 2)], group(t.xsum.s(), t.identity.s())).delay())


@call
def a_chord_as_the_body() -> Any:
    return end(chord([t.add.s(1, 1), t.add.s(2, 2)], chord([t.xsum.s(), t.xsum.s()], t.xsum.s())).delay())


@call
def silent_parts() -> Any:
    return end(chord([t.silent.s(1), t.silent.s(2)], t.xsum.s()).delay())


@call
def parts_after_a_countdown() -> Any:
    return end(chord([t.add.s(1, 1).set(countdown=0.3), t.add.s(2, 2)], t.xsum.s()).delay())


@call
def a_failed_part() -> Any:
    return end(chord([t.add.s(1, 1), t.fail.s("part")], t.xsum.s()).delay())


@call
def a_failed_part_with_an_errback_on_the_body() -> Any:
    k = key()
    body = t.xsum.s().on_error(t.note_failure.s(key=k))
    result = chord([t.add.s(1, 1), t.fail.s("part")], body).delay()
    return [end(result), marked(k)]


@call
def chord_on_error() -> Any:
    k = key()
    result = chord([t.add.s(1, 1), t.fail.s("part")], t.xsum.s()).on_error(t.note_failed_id.s(k)).delay()
    return [end(result), marked(k)]


@call
def link_error_of_a_chord() -> Any:
    k = key()
    c = chord([t.fail.s("part"), t.fail.s("part")], t.xsum.s())
    c.link_error(t.note_failed_id.s(k))
    return [end(c.delay()), marked(k)]


@call
def a_failed_body() -> Any:
    k = key()
    result = chord([t.add.s(1, 1)], t.fail.si("body").on_error(t.note_failure.s(key=k))).delay()
    return [end(result), marked(k)]


@call
def a_failed_chain_in_the_header() -> Any:
    return end(chord([chain(t.fail.s("early"), t.add.s(1)), t.add.s(1, 1)], t.xsum.s()).delay())


@call
def a_failed_inner_chord() -> Any:
    inner = chord([t.fail.s("inner"), t.add.s(2, 2)], t.xsum.s())
    return end(chord([inner, t.add.s(10, 10)], t.xsum.s()).delay())


@call
def a_failed_header_before_a_group() -> Any:
    result = chord([t.fail.s("head")], group(t.xsum.s(), t.identity.s())).delay()
    return end(result)


@call
def a_chain_after_a_failed_chord() -> Any:
    return end(chain(group(t.fail.s("head"), t.add.s(1, 1)), t.xsum.s(), t.add.s(1)).delay())


@call
def chord_with_a_link() -> Any:
    k = key()
    result = chord([t.add.s(1, 1)], t.xsum.s()).apply_async(link=t.note_result.s(k))
    return [end(result), marked(k)]


@call
def chord_from_within_a_task() -> Any:
    k = key()
    return [end(t.nested_chord.delay([1, 2, 3], k)), marked(k)]


@call
def a_hundred_parts() -> Any:
    return end(chord(t.add.s(n, 0) for n in range(100))(t.xsum.s()), 60)


@call
def the_header_of_a_chord() -> Any:
    result = chord([t.add.s(1, 1), t.add.s(2, 2)])(t.xsum.s())
    return [end(result), end(result.parent)]


@call
def add_to_a_chord() -> Any:
    return sorted(end(chord([t.grow.s(1), t.add.s(2, 2)], t.identity.s()).delay()))


# -- map, starmap, chunks -----------------------------------------------------------------------------


@call
def map_() -> Any:
    return end(t.xsum.map([[1, 2], [3, 4]]).delay())


@call
def starmap_() -> Any:
    return end(t.add.starmap(list(zip(range(10), range(10), strict=True))).delay())


@call
def chunks_() -> Any:
    return end(t.add.chunks(list(zip(range(20), range(20), strict=True)), 5)())


@call
def chunks_as_a_group() -> Any:
    return end(t.add.chunks(list(zip(range(6), range(6), strict=True)), 2).group()())


@call
def xmap_and_starmap_by_class() -> Any:
    return [
        end(xmap(t.identity.s(), [1, 2]).delay()),
        end(xstarmap(t.add.s(), [(1, 1), (2, 2)]).delay()),
        end(chunks(t.add.s(), [(1, 1), (2, 2)], 1).group().delay()),
    ]


# -- replace ------------------------------------------------------------------------------------------


@call
def replace_with_a_task() -> Any:
    return end(t.replace_with_task.delay(1))


@call
def replace_with_a_chain() -> Any:
    return end(t.replace_with_chain.delay(1))


@call
def replace_with_a_group() -> Any:
    return end(t.replace_with_group.delay(1))


@call
def replace_with_a_chord() -> Any:
    return end(t.replace_with_chord.delay(1))


@call
def replace_again() -> Any:
    return end(t.replace_twice.delay(1))


@call
def replace_in_a_chain() -> Any:
    return end(chain(t.replace_with_chain.s(1), t.add.s(1000))())


@call
def replace_in_a_group() -> Any:
    return end(group(t.replace_with_task.s(1), t.replace_with_chain.s(2))())


@call
def replace_in_a_chord() -> Any:
    return end(chord([t.replace_with_task.s(1), t.replace_with_chord.s(2)], t.xsum.s()).delay())


@call
def replace_with_a_failure() -> Any:
    return end(t.replace_with_failure.delay())


@call
def replace_with_a_failing_chain() -> Any:
    return end(t.replace_with_failing_chain.delay())


@call
def replace_keeps_callbacks() -> Any:
    k = key()
    result = t.replace_with_task.apply_async((1,), link=t.note_result.s(k))
    return [end(result), marked(k)]


@call
def replace_keeps_errbacks() -> Any:
    k = key()
    result = t.replace_with_failure.apply_async(link_error=t.note_failed_id.s(k))
    return [end(result), marked(k)]


# -- results ------------------------------------------------------------------------------------------


@call
def states_of_a_result() -> Any:
    result = t.add.delay(1, 1)
    end(result)
    return [
        result.state,
        result.status,
        result.result,
        result.ready(),
        result.successful(),
        result.id == str(result),
    ]


@call
def a_result_nobody_knows() -> Any:
    result = AsyncResult(str(uuid.uuid4()))
    return [result.state, result.ready(), result.result]


@call
def get_in_vain() -> Any:
    return end(AsyncResult(str(uuid.uuid4())), 0.5)


@call
def extended_result() -> Any:
    result = t.add.delay(3, 4)
    end(result)
    return [result.name, bool(result.date_done), bool(result.worker)]


@call
def result_as_a_tuple_and_back() -> Any:
    return end(result_from_tuple(t.add.delay(1, 1).as_tuple()))


@call
def forget() -> Any:
    result = t.add.delay(1, 1)
    end(result)
    result.forget()
    return AsyncResult(result.id).result


@call
def a_signature_as_json_and_back() -> Any:
    return end(signature(dict(t.add.s(2, 3))).delay())


@call
def a_chord_as_json_and_back() -> Any:
    return end(signature(dict(chord([t.add.s(1, 1), t.add.s(2, 2)], t.xsum.s()))).delay())


@call
def revoke_before_the_start() -> Any:
    k = key()
    result = t.note.apply_async((k, "ran"), countdown=3)
    result.revoke()
    time.sleep(4)
    return marks(k)
