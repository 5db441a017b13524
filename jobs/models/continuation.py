"""What is still to be done after a job with callbacks, a chain or a chord ended."""

from django.db import models


class Continuation(models.Model):
    """Written in the transaction that ends the job, taken in the one that writes what follows it.

    `outcome` is completed, failed, cancelled or replaced. `value` is Celery's JSON: the result, the error,
    or the signature that replaces the job; None when the result stands in TaskResult.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=255)
    outcome = models.CharField(max_length=10)
    value = models.TextField(null=True)
    traceback = models.TextField(default="")

    def __str__(self) -> str:
        return f"what follows {self.uid}, {self.outcome}"
