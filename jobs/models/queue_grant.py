"""Who may operate a single queue, without the permission for all of them."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q


class QueueGrant(models.Model):
    """Lets one user, or every user of a group, start and change the jobs of one queue."""

    queue = models.CharField(max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="queue_grants"
    )
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="queue_grants")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=False, group__isnull=True)
                | Q(user__isnull=True, group__isnull=False),
                name="queue_grant_user_or_group",
                violation_error_message="Choose a user or a group, not both.",
            ),
            models.UniqueConstraint(fields=["queue", "user"], name="queue_grant_of_user"),
            models.UniqueConstraint(fields=["queue", "group"], name="queue_grant_of_group"),
        )

    def __str__(self) -> str:
        return f"{self.user or self.group}: {self.queue}"
