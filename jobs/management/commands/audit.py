"""`manage.py audit`."""

from jobs.cli.auditing import LIST, VERIFY
from jobs.cli.command import ActionCommand


class Command(ActionCommand):
    """Who did what."""

    help = "List and verify the audit trail."
    actions = (LIST, VERIFY)
