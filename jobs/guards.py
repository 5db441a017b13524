"""Which breakers guard which work: a queue's own, and those of the dependencies that its tasks name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.breaker import Breaker
from jobs.configuration import dependencies, queue_book
from jobs.names import registered_tasks
from jobs.queues import QueueBook


@dataclass(frozen=True)
class Guards:
    """Every breaker by name, those of each queue, and those of each task."""

    breakers: Mapping[str, Breaker]
    of_queue: Mapping[str, str]
    of_task: Mapping[str, tuple[str, ...]]
    routed: Mapping[str, str]  # the queue of each task that relies on something

    def guarded_by(self, breaker: str) -> tuple[str, ...]:
        """The queues and tasks that a breaker holds back."""
        tasks = [task for task, names in self.of_task.items() if breaker in names]
        queues = [queue for queue, name in self.of_queue.items() if name == breaker]
        return tuple(sorted({*queues, *tasks, *(self.routed[task] for task in tasks)}))

    def names(self, queue: str, task: str) -> Sequence[str]:
        """The breakers that a job of this task on this queue depends on."""
        own = self.of_queue.get(queue)
        return (*self.of_task.get(task, ()), own) if own else self.of_task.get(task, ())


def configured() -> Guards:
    """What this project declares."""
    return guards(queue_book(), dependencies(), registered_tasks().values())


def guards(book: QueueBook, declared: Mapping[str, Breaker], tasks: Iterable[Any]) -> Guards:
    """Put together what is declared. A queue's breaker bears the queue's name with `queue:` before it."""
    of_queue = {queue.name: f"queue:{queue.name}" for queue in book if queue.breaker}
    own = {of_queue[queue.name]: queue.breaker for queue in book if queue.breaker}
    of_task = {task.name: tuple(task.relies_on) for task in tasks if getattr(task, "relies_on", ())}
    return Guards({**declared, **own}, of_queue, of_task, {task: book.of_task(task).name for task in of_task})
