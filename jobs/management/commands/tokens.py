"""`manage.py tokens`."""

from jobs.cli.command import ActionCommand
from jobs.cli.tokens import CREATE, LIST, REVOKE


class Command(ActionCommand):
    """Tokens of the HTTP API."""

    help = "Create, list and revoke tokens of the HTTP API."
    actions = (CREATE, LIST, REVOKE)
