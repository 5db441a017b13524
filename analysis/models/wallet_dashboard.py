"""A dashboard job that started its own steps."""

from django.db import models


class WalletDashboard(models.Model):
    """Which jobs a dashboard job that was enqueued alone waits for, so that its next run finds them."""

    job_uid = models.CharField(max_length=255, unique=True)
    steps = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.job_uid
