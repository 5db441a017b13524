"""`manage.py dispatcher`: release, fold, rescue."""

import argparse
import signal
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError

from jobs import query_log
from jobs.configuration import leader_lease, queue_book
from jobs.dispatcher.loop import Dispatcher
from jobs.errors import UnknownName
from jobs.heap import freeze_imports
from jobs.store.sessions import let_go_after


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; any number may run, each queue has one leader at a time."""

    help = (
        "Run a dispatcher: it releases waiting jobs to Celery and writes back what happened. "
        "Example: manage.py dispatcher --queues orders,balances"
    )

    requires_system_checks = ("jobs",)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """`--queues` limits what this dispatcher may lead."""
        parser.add_argument("--queues", help="names separated by commas; default: all")

    def handle(self, *_: Any, queues: str | None, **__: Any) -> None:
        """Run until told to stop."""
        try:
            named = [name.strip() for name in queues.split(",")] if queues else []
            names = [part for name in named for part in queue_book().parts_of(name)]
        except UnknownName as error:
            raise CommandError(str(error)) from None
        query_log.keep_none()
        stopping: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda received, _frame: stopping.append(received))
        let_go_after(leader_lease())
        app = current_app._get_current_object()  # noqa: SLF001 -- Celery's way to the app behind the proxy
        freeze_imports()
        Dispatcher(app, names).run(lambda: bool(stopping))
