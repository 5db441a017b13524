"""The tables of the platform. Rows of `Job` are written by `jobs.store` alone."""

from jobs.models.answered_request import AnsweredRequest
from jobs.models.attempt import Attempt
from jobs.models.audit_entry import AuditEntry
from jobs.models.breaker import BreakerEvent, BreakerSetting
from jobs.models.bulk_retry import BulkRetry
from jobs.models.chord import Chord, ChordPart
from jobs.models.continuation import Continuation
from jobs.models.dead_letter import DeadLetter
from jobs.models.dependency import Dependency
from jobs.models.job import Job
from jobs.models.metric import FencedSeen, Metric, Tally
from jobs.models.queue_grant import QueueGrant
from jobs.models.queue_settings import QueueSettings
from jobs.models.schedule import ScheduledRun, SchedulePolicy
from jobs.models.throttle_window import ThrottleWindow
from jobs.models.token import ApiToken

__all__ = [
    "AnsweredRequest", "ApiToken", "Attempt", "AuditEntry", "BreakerEvent", "BreakerSetting", "BulkRetry", "Chord",
    "ChordPart", "Continuation", "DeadLetter", "Dependency", "FencedSeen", "Job", "Metric", "QueueGrant",
    "QueueSettings", "SchedulePolicy", "ScheduledRun", "Tally", "ThrottleWindow",
]  # fmt: skip
