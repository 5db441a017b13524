"""What a coin's risk was judged to be."""

from django.db import models

from enrichment.models import Coin


class RiskAssessment(models.Model):
    """One assessment a minute at most. `score` is 1 (little risk) to 100 (much).

    `parts` is what `analysis.services.risk.as_json` writes: each part with its points and its inputs.
    """

    coin = models.ForeignKey(Coin, models.CASCADE, related_name="assessments")
    assessed_at = models.DateTimeField()
    score = models.SmallIntegerField()
    level = models.CharField(max_length=8)
    parts = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["coin", "assessed_at"], name="risk_assessment_once"),
            models.CheckConstraint(condition=models.Q(score__range=(1, 100)), name="risk_score_1_to_100"),
        )

    def __str__(self) -> str:
        return f"{self.coin}: {self.score} ({self.level})"
