"""The steps of a dashboard job that was enqueued alone."""

from typing import Any

from django.db import transaction

from analysis.flows.wallet_steps import Wishes, enqueue_steps
from analysis.models import WalletDashboard
from jobs.models import Job


def steps_of_dashboard(uid: str, address: str, **wishes: Any) -> list[str]:
    """The ids of the steps; started at the first call, the same ones at every later one."""
    known = WalletDashboard.objects.filter(job_uid=uid).first()
    if known is None:
        with transaction.atomic():
            known, created = WalletDashboard.objects.get_or_create(job_uid=uid, defaults={"steps": []})
            if created:
                job = Job.objects.only("priority", "correlation_id").get(uid=uid)
                shared = {"priority": job.priority, "correlation_id": job.correlation_id or uid}
                known.steps = [step.uid for step in enqueue_steps(address, Wishes(**wishes), **shared)]
                known.save(update_fields=["steps"])
    return list(known.steps)
