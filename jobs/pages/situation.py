"""A job's situation in one sentence: a pure function over its story."""

from jobs.pages.words import duration
from jobs.queries.story import Story
from jobs.states import State


def situation(story: Story, *, served: bool | None = None) -> str:
    """Why the job is where it is. `served`: whether a worker takes jobs of its queue, None for unknown."""
    job = story.job
    match State(job.state):
        case State.WAITING:
            return _waiting(story, served)
        case State.DELAYED:
            return f"Delayed: {job.reason or 'not due yet'}."
        case State.BLOCKED:
            return _blocked(story)
        case State.ACTIVE:
            asked = f" Asked to end: {job.cancel_reason}." if job.cancel_requested_at else ""
            return f"Running on {job.worker or 'a worker'}.{asked}"
        case State.COMPLETED:
            return f"Completed{_took(story)} on {_times(job.runs, 'run')}."
        case State.CANCELLED:
            return f"Cancelled: {job.reason or 'by hand'}."
        case State.FAILED:
            return _failed(story)


def _waiting(story: Story, served: bool | None) -> str:
    before = f" ({story.job.reason})" if story.job.reason else ""
    if served is False:
        return f"Waiting{before}: no worker serves the queue {story.job.queue}."
    return f"Waiting for a free worker slot{before}."


def _blocked(story: Story) -> str:
    unfinished = [child for child in story.waits_for if not child.finished]
    named = ", ".join(child.short_task for child in unfinished[:3])
    return f"Waits for {named or _times(story.job.pending_children, 'other job')} to complete."


def _failed(story: Story) -> str:
    last = story.attempts[-1] if story.attempts else None
    why = story.job.reason
    if last and last.error_type:
        why = (
            f"{last.error_type.rpartition('.')[2]}: {last.error.splitlines()[0][:200] if last.error else ''}"
        )
    return f"Failed after {_times(story.job.attempt or story.job.runs, 'attempt')}. {why}".strip()


def _took(story: Story) -> str:
    job = story.job
    if job.started_at is None or job.finished_at is None:
        return ""
    return f" in {duration((job.finished_at - job.started_at).total_seconds())}"


def _times(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
