"""The last profit and loss report of a wallet by one method."""

from django.db import models


class PnlReport(models.Model):
    """One row per wallet and method, replaced as a whole.

    Money is in SOL. `report` and `matches` are what `analysis.services.pnl.as_json` writes: exact decimals
    as text. `net` is repeated from them, to 18 places, for lists. `sol_usd` is the dollar price of one SOL
    when the report was made.
    """

    address = models.CharField(max_length=44)
    method = models.CharField(max_length=8)
    computed_at = models.DateTimeField()
    transactions = models.IntegerField()
    net = models.DecimalField(max_digits=60, decimal_places=18)
    sol_usd = models.DecimalField(max_digits=30, decimal_places=12, null=True)
    report = models.JSONField()
    matches = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["address", "method"], name="pnl_report_once"),)
        indexes = (models.Index(fields=["-computed_at"], name="pnl_report_latest"),)

    def __str__(self) -> str:
        return f"{self.address} by {self.method}"
