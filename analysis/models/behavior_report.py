"""The last report on how a wallet trades."""

from django.db import models


class BehaviorReport(models.Model):
    """One row per wallet and scope, replaced as a whole.

    `scope` is empty for the whole history, else the key of the filters in `wanted`. `report` is what
    `analysis.services.behavior.as_json` writes. Not `complete`: older transactions had not been fetched.
    """

    address = models.CharField(max_length=44)
    scope = models.CharField(max_length=32, default="", blank=True)
    wanted = models.JSONField()
    computed_at = models.DateTimeField()
    style = models.CharField(max_length=20)
    complete = models.BooleanField()
    report = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["address", "scope"], name="behavior_report_once"),)

    def __str__(self) -> str:
        return f"{self.address}: {self.style}"
