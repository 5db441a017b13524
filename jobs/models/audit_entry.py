"""What operators did, each entry chained to the one before."""

from django.db import models


class AuditEntry(models.Model):
    """One act. Written by `jobs.audit` alone; the database refuses to change or delete it.

    `number` counts from 1 without gaps. `digest` is the SHA-256 over the entry and the digest before it.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=255)
    action = models.CharField(max_length=50)
    target = models.CharField(max_length=300)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        permissions = (("read_audit", "Can read the audit trail"),)
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=["actor", "-number"], name="audit_actor"),
            models.Index(fields=["target", "-number"], name="audit_target"),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.actor}, {self.action} {self.target}"
