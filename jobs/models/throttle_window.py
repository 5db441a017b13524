"""A period in which a throttled key has had its job."""

from django.db import models


class ThrottleWindow(models.Model):
    """Until `until`, calls with this key meet the job `job_uid`, whatever became of it."""

    key = models.CharField(max_length=64, primary_key=True)
    job_uid = models.CharField(max_length=255)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.job_uid} until {self.until:%Y-%m-%d %H:%M:%S}"
