"""The base of the commands that write a page of docs/reference/ from the code."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class ReferenceCommand(BaseCommand):
    """Prints its page, or writes it to docs/reference/."""

    file: ClassVar[str]  # in docs/reference/

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--write", action="store_true", help=f"write docs/reference/{self.file}")

    def handle(self, *_: Any, write: bool, **__: Any) -> None:
        """Print or write."""
        if not write:
            self.stdout.write(self.page(), ending="")
            return
        (settings.BASE_DIR / "docs" / "reference" / self.file).write_text(self.page())
        self.stdout.write(f"Wrote docs/reference/{self.file}")

    @abstractmethod
    def page(self) -> str:
        """The page, in Markdown."""
