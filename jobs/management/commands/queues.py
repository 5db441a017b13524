"""`manage.py queues`."""

from jobs.cli.breakers import BREAKER, BREAKERS
from jobs.cli.command import ActionCommand
from jobs.cli.queues import LIST, SHOW


class Command(ActionCommand):
    """Queues, as they are declared and as they are."""

    help = "List and show queues; circuit breakers."
    actions = (LIST, SHOW, BREAKERS, BREAKER)
