"""`manage.py dead_letters`."""

from jobs.cli.command import ActionCommand
from jobs.cli.dead_letters import LIST, SHOW, STATS
from jobs.cli.letter_moves import DISCARD, PURGE, RETRY


class Command(ActionCommand):
    """Jobs that failed for good."""

    help = "List, count, show, retry, discard and purge dead letters."
    actions = (LIST, STATS, SHOW, RETRY, DISCARD, PURGE)
