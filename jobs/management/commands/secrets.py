"""`manage.py secrets`."""

from jobs.cli.command import ActionCommand
from jobs.cli.rotating import KEY, ROTATE


class Command(ActionCommand):
    """Keys of secret payload fields."""

    help = "Make and rotate the keys that encrypt secret payload fields."
    actions = (ROTATE, KEY)
