"""Jobs by their ids, with results, as a parent sees its children."""

from collections.abc import Sequence

from django_celery_results.models import TaskResult

from jobs import celery_json
from jobs.models import Job
from jobs.queries.children import Child


def children_by_id(uids: Sequence[str]) -> list[Child]:
    """The jobs in the order of their ids; one that was pruned since it ended counts as completed."""
    jobs = {job.uid: job for job in Job.objects.filter(uid__in=uids)}
    texts = dict(TaskResult.objects.filter(task_id__in=uids).values_list("task_id", "result"))
    return [
        _child(jobs[uid], texts.get(uid)) if uid in jobs else Child(uid, "pruned", "completed", None, "")
        for uid in uids
    ]


def _child(job: Job, text: str | None) -> Child:
    result = celery_json.loads(text) if text and job.state == "completed" else None
    error = job.reason if job.state in {"failed", "cancelled"} else ""
    return Child(job.uid, job.task, job.state, result, error)
