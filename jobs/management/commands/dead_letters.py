"""`manage.py dead_letters`."""

from jobs.cli import bulk_retrying
from jobs.cli.command import ActionCommand
from jobs.cli.dead_letters import LIST, SHOW, STATS
from jobs.cli.letter_moves import DISCARD, PURGE, RETRY


class Command(ActionCommand):
    """Jobs that failed for good."""

    help = "List, count, show, retry, discard and purge dead letters."
    actions = (
        LIST, STATS, SHOW, RETRY, DISCARD, PURGE, bulk_retrying.PROCESS, bulk_retrying.BULK, bulk_retrying.SHOW,
        bulk_retrying.STOP,
    )  # fmt: skip
