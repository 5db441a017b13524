"""`manage.py commands_reference`: the commands as Markdown. Example: `manage.py commands_reference --write`."""

from jobs.cli.reference import reference
from jobs.cli.reference_command import ReferenceCommand


class Command(ReferenceCommand):
    """Every command of the project."""

    help = "The commands as Markdown. Example: manage.py commands_reference --write"
    file = "commands.md"

    def page(self) -> str:
        """From the commands themselves."""
        return reference()
