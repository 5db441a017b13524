"""`manage.py queues`."""

from jobs.cli.breakers import BREAKER, BREAKERS
from jobs.cli.command import ActionCommand
from jobs.cli.queue_moves import CLEAR, DRAIN, PAUSE, RESUME, SET
from jobs.cli.queues import LIST, SHOW


class Command(ActionCommand):
    """Queues, as they are declared and as they are."""

    help = "List, show and operate queues; circuit breakers."
    actions = (LIST, SHOW, PAUSE, RESUME, DRAIN, CLEAR, SET, BREAKERS, BREAKER)
