"""How far a wallet's history is known."""

from django.db import models

from enrichment.models.wallet import Wallet


class SyncState(models.Model):
    """What is stored of a wallet's history: one stretch without gaps, and the walk that is under way.

    `top` and `bottom` are the ends of the stretch ({"slot", "signature"}, with what a source needs to go on
    below the bottom); `complete` says that nothing lies below it. A walk from the chain's tip down to `top`
    keeps its own ends in `walk`, so that a crash in its middle leaves no hole: the next one goes on there.
    `lowest_place` and `era` number the stored transactions (see WalletTransaction.place). `tally` is what the
    last job that wrote here did over all its runs.
    """

    wallet = models.OneToOneField(Wallet, models.CASCADE, related_name="sync")
    top = models.JSONField(null=True)
    bottom = models.JSONField(null=True)
    walk = models.JSONField(null=True)
    complete = models.BooleanField(default=False)
    lowest_place = models.BigIntegerField(default=0)
    era = models.IntegerField(default=0)
    tally = models.JSONField(null=True)
    source = models.CharField(max_length=40, default="")
    last_synced_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.wallet}: {'complete' if self.complete else 'in part'}"
