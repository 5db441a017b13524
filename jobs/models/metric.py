"""What happened, counted: the time series behind every chart, alert and scrape."""

from django.db import models


class Metric(models.Model):
    """What happened to the jobs of one task in a minute, an hour, a day, or ever since (`total`).

    `started` counts starts of runs; `completed`, `retried` and `stalled` ends of runs; `failed` and `cancelled`
    jobs that ended so; `enqueued` new jobs. `waits` and `runs` are histograms of microseconds
    (`jobs.histogram`), from due to started and from started to ended but for stalled runs; empty in a `total`.
    `waited` and `ran` are how many durations they hold. Rows with no task are the queue itself: `depth` and
    `oldest` (seconds) are the highest that were sampled, `fenced` counts outcomes that came after the lease
    was lost.
    """

    period = models.CharField(max_length=6)
    at = models.DateTimeField()
    queue = models.CharField(max_length=100)
    task = models.CharField(max_length=255)
    enqueued = models.BigIntegerField(db_default=0)
    started = models.BigIntegerField(db_default=0)
    completed = models.BigIntegerField(db_default=0)
    failed = models.BigIntegerField(db_default=0)
    retried = models.BigIntegerField(db_default=0)
    stalled = models.BigIntegerField(db_default=0)
    cancelled = models.BigIntegerField(db_default=0)
    fenced = models.BigIntegerField(db_default=0)
    waited = models.BigIntegerField(db_default=0)
    ran = models.BigIntegerField(db_default=0)
    wait_us = models.BigIntegerField(db_default=0)
    run_us = models.BigIntegerField(db_default=0)
    waits = models.JSONField(default=dict)
    runs = models.JSONField(default=dict)
    depth = models.IntegerField(null=True)
    oldest = models.FloatField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["period", "at", "queue", "task"], name="metric_once"),)

    def __str__(self) -> str:
        return f"{self.queue} {self.task} in the {self.period} from {self.at}"


class Tally(models.Model):
    """Something that happened outside the fold, not counted yet: `kind` is a counter of `Metric`.

    Appended in the transaction that did it, so that nobody waits for a counter's row; the leader adds it up.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.CharField(max_length=100)
    task = models.CharField(max_length=255)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    n = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.n} {self.kind} in {self.queue}"


class FencedSeen(models.Model):
    """How many fenced outcomes of a queue are counted already, of those since Redis was last emptied (`epoch`)."""

    queue = models.CharField(max_length=100, primary_key=True)
    seen = models.BigIntegerField()
    epoch = models.CharField(max_length=64, db_default="")

    def __str__(self) -> str:
        return f"{self.queue}: {self.seen}"
