"""`manage.py metrics_reference`: the metrics as Markdown. Example: `manage.py metrics_reference --write`."""

from jobs.cli.reference_command import ReferenceCommand
from monitoring.http.reference import reference


class Command(ReferenceCommand):
    """Every metric of /metrics."""

    help = "The metrics as Markdown; needs the database. Example: manage.py metrics_reference --write"
    file = "metrics.md"

    def page(self) -> str:
        """From the exposition."""
        return reference()
