"""`manage.py events_reference`: events and messages as Markdown. Example: `manage.py events_reference --write`."""

from jobs.cli.reference_command import ReferenceCommand
from jobs.socket.reference import reference


class Command(ReferenceCommand):
    """Entries of the log, and the messages of the WebSocket."""

    help = "Events and the WebSocket's messages as Markdown. Example: manage.py events_reference --write"
    file = "events.md"

    def page(self) -> str:
        """From the protocol."""
        return reference()
