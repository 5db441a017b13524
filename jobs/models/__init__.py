"""The tables of the platform. Rows of `Job` are written by `jobs.store` alone."""

from jobs.models.attempt import Attempt
from jobs.models.audit_entry import AuditEntry
from jobs.models.bulk_retry import BulkRetry
from jobs.models.dead_letter import DeadLetter
from jobs.models.dependency import Dependency
from jobs.models.job import Job
from jobs.models.token import ApiToken

__all__ = ["ApiToken", "Attempt", "AuditEntry", "BulkRetry", "DeadLetter", "Dependency", "Job"]
