"""`manage.py schedules`."""

from jobs.cli.command import ActionCommand
from jobs.cli.schedules import DISABLE, ENABLE, LIST, RUN


class Command(ActionCommand):
    """Schedules of django-celery-beat."""

    help = "List, run, enable and disable schedules."
    actions = (LIST, RUN, ENABLE, DISABLE)
