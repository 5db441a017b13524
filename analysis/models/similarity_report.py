"""What a comparison of wallets found."""

from django.db import models


class SimilarityReport(models.Model):
    """One row per request, replaced as a whole. `result` is a `SimilarityResult` as JSON."""

    request_id = models.CharField(max_length=64, unique=True)
    wanted = models.JSONField()
    computed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    jobs = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["-created_at"], name="similarity_report_latest"),)

    def __str__(self) -> str:
        return self.request_id
