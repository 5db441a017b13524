"""What a queue is, and the book of all of them that the settings declare."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from zlib import crc32

from jobs.breaker import Breaker
from jobs.errors import UnknownName
from jobs.limits import Limits
from jobs.rates import Rate
from jobs.retry import Exponential, Strategy


@dataclass(frozen=True)
class Queue:
    """A queue and its defaults; live settings (`QueueSettings`) override them per queue.

    `tasks` are the full names of the tasks routed here; a `*` at the end stands for any, and the longest
    such prefix wins. `concurrency` is the default size of one worker. `attempts` includes the first.
    `retry_unexpected`: whether errors that a task does not name are retried too. `keep_completed` and
    `keep_failed` are how many finished jobs are kept, `keep_for` the seconds after which they go all the
    same. `breaker`: when failures stop the queue; None for never. `dead_letter_retry` says when dead letters
    that may be retried are, by themselves, and `dead_letter_rounds` how often.

    Limits hold for the whole cluster, and for starts: `rate` for the queue, `rate_per_key` for each value of
    the payload field `key`; with `burst` they are token buckets of that size, else sliding windows.
    `max_running` and `max_running_per_key` bound what runs at once. `fair` takes keys in turn, however much
    one of them has waiting. `ageing` is the seconds of waiting that count as one step of priority.

    With `partitions` it is so many queues behind one name, `name.0` and so on, each with a leader of its own;
    jobs with the same value of `key` are in the same one. Limits per key hold as ever; limits of the queue as
    a whole do not go together with partitions, because no leader sees all of it.
    """

    name: str
    owner: str
    tasks: tuple[str, ...] = ()
    concurrency: int = 1
    attempts: int | None = 3
    backoff: Strategy = field(default_factory=Exponential)
    retry_unexpected: bool = True
    rate: Rate | None = None
    rate_per_key: Rate | None = None
    burst: int | None = None
    key: str | None = None
    max_running: int | None = None
    max_running_per_key: int | None = None
    fair: bool = False
    ageing: float | None = None
    keep_completed: int = 100
    keep_failed: int = 100
    keep_for: float | None = None
    stalled_limit: int = 3
    breaker: Breaker | None = None
    dead_letter_retry: Strategy | None = None
    dead_letter_rounds: int = 5
    partitions: int = 1
    part_of: str = ""  # of a partition: the name under which it was declared

    def faults(self) -> Iterator[str]:
        """What is wrong with this declaration, one sentence each."""
        if not self.name or self.name != "".join(self.name.split()).lower():
            yield f"queue {self.name!r}: a name is lower case without blanks"
        for attribute in ("concurrency", "stalled_limit", "dead_letter_rounds", "partitions"):
            if getattr(self, attribute) < 1:
                yield f"queue {self.name!r}: {attribute} must be at least 1"
        if self.attempts is not None and self.attempts < 1:
            yield f"queue {self.name!r}: attempts must be at least 1, or None for no limit"
        yield from self._limit_faults()
        yield from self._retention_faults()
        yield from self._partition_faults()
        for fault in self.breaker.faults() if self.breaker else ():
            yield f"queue {self.name!r}: {fault}"

    def _retention_faults(self) -> Iterator[str]:
        for attribute in ("keep_completed", "keep_failed"):
            if getattr(self, attribute) < 0:
                yield f"queue {self.name!r}: {attribute} cannot be negative"
        if self.keep_for is not None and self.keep_for <= 0:
            yield f"queue {self.name!r}: keep_for must be more than 0 seconds, or None for no limit"

    def _partition_faults(self) -> Iterator[str]:
        if self.partitions > 1 and self.key is None:
            yield f"queue {self.name!r}: partitions need `key`, the payload field that chooses among them"
        if self.partitions > 1 and (self.rate or self.max_running):
            yield f"queue {self.name!r}: partitions and limits of the whole queue exclude each other; limit per key"

    @cached_property
    def parts(self) -> tuple["Queue", ...]:
        """The queues that it consists of: its partitions, or itself alone."""
        if self.partitions == 1:
            return (self,)
        names = (f"{self.name}.{number}" for number in range(self.partitions))
        return tuple(replace(self, name=name, partitions=1, part_of=self.name) for name in names)

    @property
    def declared_name(self) -> str:
        """The name that stands in the declaration."""
        return self.part_of or self.name

    def part_for(self, key: str) -> "Queue":
        """The part that takes jobs with this value of the queue's key; every process chooses the same."""
        return self.parts[crc32(key.encode()) % len(self.parts)]

    def _limit_faults(self) -> Iterator[str]:
        for attribute in ("burst", "max_running", "max_running_per_key", "ageing"):
            value = getattr(self, attribute)
            if value is not None and value <= 0:
                yield f"queue {self.name!r}: {attribute} must be greater than 0, or None for no limit"
        if self.key is None and (self.fair or self.rate_per_key or self.max_running_per_key):
            yield f"queue {self.name!r}: limits per key need `key`, the payload field that they count by"
        if self.burst is not None and not (self.rate or self.rate_per_key):
            yield f"queue {self.name!r}: burst needs a rate"
        if self.ageing and self.key is not None:
            yield f"queue {self.name!r}: ageing and limits per key cannot be combined; choose `fair` instead"

    def limits(self) -> Limits:
        """Its limits as declared."""
        return Limits(
            rate=self.rate,
            rate_per_key=self.rate_per_key,
            burst=self.burst,
            max_running=self.max_running,
            max_running_per_key=self.max_running_per_key,
            fair=self.fair,
            ageing=self.ageing,
        )


class QueueBook:
    """All queues by name, and which queue each task goes to."""

    def __init__(self, queues: Iterable[Queue], default: str) -> None:
        self.declared = tuple(queues)
        self.default = default
        self._by_name = {_key(part.name): part for queue in self.declared for part in queue.parts}
        self._partitioned = {_key(queue.name): queue for queue in self.declared if queue.partitions > 1}
        self._by_task = {task: queue for queue in self.declared for task in queue.tasks}
        prefixes = sorted((task for task in self._by_task if task.endswith("*")), key=len, reverse=True)
        self._by_prefix = {task[:-1]: self._by_task[task] for task in prefixes}

    def __iter__(self) -> Iterator[Queue]:
        return iter(self._by_name.values())

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._by_name or _key(name) in self._partitioned

    @property
    def names(self) -> list[str]:
        """Every queue's name, in the order of declaration; of one with partitions, those of its parts."""
        return [queue.name for queue in self]

    def get(self, name: str) -> Queue:
        """The queue, as it was declared or a part of it; hyphens and underscores mean the same.

        UnknownName with a suggestion if there is none.
        """
        found = self._partitioned.get(_key(name)) or self._by_name.get(_key(name))
        if found is None:
            raise UnknownName(
                "queue", name, [*self.names, *(queue.name for queue in self._partitioned.values())]
            )
        return found

    def part(self, name: str) -> Queue:
        """Like `get`, for what is told of one part at a time: UnknownName for a name that stands for several."""
        found = self.get(name)
        if found.partitions > 1:
            raise UnknownName("part of the queue", name, [part.name for part in found.parts])
        return found

    def parts_of(self, name: str) -> list[str]:
        """The names of the queue's parts. UnknownName as `get`."""
        return [part.name for part in self.get(name).parts]

    def siblings(self, name: str) -> list[str]:
        """The names of all parts of the queue that this is, or is a part of."""
        return self.parts_of(self.get(name).declared_name)

    def of_task(self, task: str) -> Queue:
        """The queue that a task is routed to; tasks that no queue names go to the default queue."""
        queue = self._by_task.get(task)
        if queue is None:
            matching = (queue for prefix, queue in self._by_prefix.items() if task.startswith(prefix))
            queue = next(matching, self.get(self.default))
        return queue

    def routes(self) -> dict[str, dict[str, str]]:
        """Celery's `task_routes`."""
        return {task: {"queue": queue.name} for task, queue in self._by_task.items()}

    def faults(self) -> Iterator[str]:
        """What is wrong with the declarations as a whole, one sentence each."""
        for queue in self.declared:
            yield from queue.faults()
        yield from self._doubled()
        seen: dict[str, str] = {}
        for queue in self.declared:
            for task in queue.tasks:
                if seen.setdefault(task, queue.name) != queue.name:
                    yield f"task {task!r} is routed to both {seen[task]!r} and {queue.name!r}"
        if _key(self.default) in self._partitioned:
            yield f"the default queue {self.default!r} cannot have partitions: its tasks share no field"
        if self.default not in self:
            close = get_close_matches(self.default, self.names, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield f"the default queue {self.default!r} is not declared{hint}"

    def _doubled(self) -> Iterator[str]:
        parts = [part.name for queue in self._partitioned.values() for part in queue.parts]
        names = Counter(_key(name) for name in [*(queue.name for queue in self.declared), *parts])
        for queue in self.declared:
            if names[_key(queue.name)] > 1:
                yield f"queue {queue.name!r} is declared twice"
                names[_key(queue.name)] = 0


def _key(name: str) -> str:
    """What names have in common that mean the same queue."""
    return name.replace("_", "-")
