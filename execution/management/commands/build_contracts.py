"""`manage.py build_contracts`: compile the contracts that ship with the product."""

from typing import Any

from django.core.management.base import BaseCommand

from execution.services.contracts.artifacts import FOLDER, NAMES, build


class Command(BaseCommand):
    """Writes execution/contracts/*.json. Example: `python manage.py build_contracts`."""

    help = "Compile the contracts that ship with the product, after a change of their source."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compile each and say so."""
        for name in NAMES:
            (FOLDER / f"{name}.json").write_text(build(name))
            self.stdout.write(f"{name}.json")
