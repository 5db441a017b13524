"""Tasks of Django's tasks API, for real workers."""

from datetime import date

from django_tasks import TaskContext, task

from jobs import Transient


@task()
def days_between(first: date, last: date) -> int:
    """A typed payload."""
    return (last - first).days


@task(queue_name="quick")
async def fail_later(message: str) -> None:
    """Fails, as a coroutine."""
    raise ValueError(message)


@task(takes_context=True, priority=60)
def tell_id(context: TaskContext, suffix: str) -> str:
    """Knows its own id."""
    return f"{context.task_result.id} {context.attempt} {suffix}"


@task(takes_context=True, queue_name="fixed")
def succeed_at(context: TaskContext, attempt: int) -> list[int | str]:
    """Fails until that attempt; answers what its context says then."""
    if context.attempt < attempt:
        raise Transient("not yet")
    return [context.attempt, context.task_result.status]


@task()
def double(value: float) -> float:
    """A number."""
    return 2 * value


def not_a_task() -> None:
    """Must never be called by its path."""
