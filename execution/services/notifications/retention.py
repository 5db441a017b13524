"""How long notifications are remembered: until then their idempotency keys deliver nothing twice."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from execution.models import LetterAlert, Notification
from jobs.models import Job
from jobs.states import LIVE

_ENDED = (Notification.State.DELIVERED, Notification.State.FAILED)


def remove_old_notifications(older_than: timedelta, batch: int = 1_000) -> int:
    """Delete notifications that were asked for longer ago than that, but those whose job is still to end.

    Answers how many. Also forgets which causes of dead letters were told that long ago.
    """
    limit = timezone.now() - older_than
    LetterAlert.objects.filter(told_at__lt=limit).delete()
    live = Job.objects.filter(uid=OuterRef("job_uid"), state__in=LIVE)
    old = Notification.objects.filter(Q(state__in=_ENDED) | ~Exists(live), created_at__lt=limit)
    removed = 0
    while ids := list(old.order_by("id").values_list("id", flat=True)[:batch]):
        removed += Notification.objects.filter(id__in=ids).delete()[0]
    return removed
