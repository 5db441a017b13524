"""What a test holds while jobs run in its own process."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from jobs.fence.events import Event
from jobs.models import DeadLetter, Job
from jobs.states import State
from jobs.store.waiting import promote_due
from jobs.testing.clock import age_rows, next_due
from jobs.testing.matching import described, matching
from jobs.testing.runner import Runner

_AT_MOST = 1000  # runs in one go: a job that waits for something that never comes would go on for ever


class NeverIdle(AssertionError):
    """There is always one more job to run."""


class JobFailed(AssertionError):
    """A job failed, and the test does not expect it."""


class Jobs:
    """The jobs of a test; see `jobs.testing.inline` and `jobs.testing.stepwise`."""

    def __init__(self, *, at_once: bool) -> None:
        self._at_once = at_once
        self._expected: set[str] = set()
        self.runner = Runner(self._woken)
        self.elapsed = timedelta()

    # -- running ---------------------------------------------------------------------------------------

    def next(self) -> Job | None:
        """The job that `run_next` would run: the highest priority, then the oldest."""
        self.runner.commits.run()
        self._promote()
        return Job.objects.filter(state=State.WAITING).order_by("-priority", "id").first()

    def run_next(self) -> Job | None:
        """Run the next job once; answers with its row afterwards, None when nothing waits."""
        job = self.next()
        if job is None:
            return None
        self.runner.run(job.uid)
        job.refresh_from_db()
        return job

    def run_all(self) -> list[Job]:
        """Run what waits, and what that makes wait, until nothing does. The clock stands still."""
        ran: list[Job] = []
        while (job := self.run_next()) is not None:
            ran.append(job)
            self._refuse_more_than(_AT_MOST, ran)
        return ran

    def run_until_idle(self) -> list[Job]:
        """Run everything, delayed jobs and retries too: the clock moves on to the next one that is due."""
        ran = self.run_all()
        while (due := next_due()) is not None:
            self._move(due)
            ran += self.run_all()
            self._refuse_more_than(_AT_MOST, ran)
        return ran

    def advance(
        self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> list[Job]:
        """Move the clock on. Delayed jobs that become due wait then; with `inline` they run, each at its time.

        Answers with the jobs that ran.
        """
        left = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        ran: list[Job] = []
        while self._at_once and (due := next_due()) is not None and due <= left:
            left -= due
            self._move(due)
            ran += self.run_all()
            self._refuse_more_than(_AT_MOST, ran)
        self._move(left)
        return ran

    # -- looking ---------------------------------------------------------------------------------------

    def enqueued(self, task: Any, /, *args: Any, **kwargs: Any) -> list[Job]:
        """The jobs of a task that were given these arguments, whatever state they are in, oldest first."""
        return matching(task, args, kwargs)

    def in_state(self, state: State | str) -> list[Job]:
        """The jobs in a state, oldest first."""
        return list(Job.objects.filter(state=state).order_by("id"))

    @property
    def completed(self) -> list[Job]:
        """The jobs that completed, oldest first."""
        return self.in_state(State.COMPLETED)

    @property
    def failed(self) -> list[Job]:
        """The jobs that failed for good, oldest first."""
        return self.in_state(State.FAILED)

    @property
    def dead_letters(self) -> list[DeadLetter]:
        """The dead letters that nobody has dealt with, oldest first."""
        return list(DeadLetter.objects.filter(resolution="").order_by("id"))

    def events(self, job: Any) -> list[Event]:
        """What happened to a job (row, result handle or id): started, progress, log, completed, ..."""
        uid = _id(job)
        return [event for event in self.runner.events if event.uid == uid]

    def logs(self, job: Any) -> list[str]:
        """The lines that a job logged."""
        return [str(event.data["message"]) for event in self.events(job) if event.kind == "log"]

    # -- asserting -------------------------------------------------------------------------------------

    def assert_enqueued(self, task: Any, /, *args: Any, times: int | None = None, **kwargs: Any) -> list[Job]:
        """Some job (or exactly `times`) of a task was given these arguments; answers with them."""
        found = matching(task, args, kwargs)
        fits = bool(found) if times is None else len(found) == times
        if not fits:
            wanted = "at least one" if times is None else str(times)
            raise AssertionError(f"{wanted} expected, {len(found)} found.{_others(task)}")
        return found

    def assert_not_enqueued(self, task: Any, /, *args: Any, **kwargs: Any) -> None:
        """No job of a task was given these arguments."""
        self.assert_enqueued(task, *args, times=0, **kwargs)

    def assert_failed(
        self, task: Any, /, *args: Any, error: type[BaseException] | None = None, **kwargs: Any
    ) -> Job:
        """A job of a task with these arguments failed (by this type of error): the end of the block takes
        it as expected. Answers with it."""
        failed = [job for job in matching(task, args, kwargs) if job.state == State.FAILED]
        if error is not None:
            failed = [job for job in failed if isinstance(self.runner.errors.get(job.uid), error)]
        if not failed:
            by = f" by {error.__name__}" if error else ""
            raise AssertionError(f"no such job failed{by}.{_others(task)}")
        self._expected.update(job.uid for job in failed)
        return failed[-1]

    # -- the block -------------------------------------------------------------------------------------

    def finish(self) -> None:
        """The end of the block: with `inline`, nothing that ran is left half done."""
        self.runner.commits.run()
        if self._at_once:
            self._settle()

    def raise_unexpected(self) -> None:
        """JobFailed for jobs that failed in the block without being expected to."""
        ran = {event.uid for event in self.runner.events}
        failed = [job for job in self.failed if job.uid in ran - self._expected]
        if failed:
            lines = "\n".join(described(job) for job in failed)
            raise JobFailed(lines) from self.runner.errors.get(failed[0].uid)

    def _woken(self) -> None:
        if not self._at_once:
            return
        if self.runner.depth:
            self.run_all()
        else:
            self._settle()

    def _settle(self) -> None:
        """Run what waits, and bring to their end the jobs that are to run again: delayed ones stay delayed."""
        ran = self.run_all()
        while Job.objects.filter(state=State.DELAYED, runs__gt=0).exists():
            self._move(next_due() or timedelta())
            ran += self.run_all()
            self._refuse_more_than(_AT_MOST, ran)

    def _move(self, by: timedelta) -> None:
        age_rows(by)
        self.runner.memory.age(by.total_seconds())
        self.elapsed += by
        self._promote()

    def _promote(self) -> None:
        for queue in Job.objects.filter(state=State.DELAYED).values_list("queue", flat=True).distinct():
            promote_due(queue)

    def _refuse_more_than(self, count: int, ran: Sequence[Job]) -> None:
        if len(ran) > count:
            raise NeverIdle(f"{count} jobs ran and there is more to run; the last: {described(ran[-1])}")


def _others(task: Any) -> str:
    lines = [described(job) for job in Job.objects.filter(task=task.name).order_by("id")[:20]]
    return " Enqueued were:\n" + "\n".join(lines) if lines else f" No job of {task.name} was enqueued."


def _id(job: Any) -> str:
    return str(getattr(job, "uid", None) or getattr(job, "id", job))
