"""What the tour without workers needs: a database of its own, and the outside world."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import DatabaseError
from environ import Env

from jobs.ids import new_id
from jobs.localservices.errors import LocalServiceError
from jobs.localservices.launcher import Launcher

_READY = "sandbox ready at "


@contextmanager
def postgres() -> Iterator[None]:
    """PostgreSQL alone: what runs already, or ours for as long as the block lasts."""
    launcher = Launcher(settings.STATE_DIR)
    ours = launcher.postgres in launcher.servers and not launcher.postgres.is_running()
    try:
        if ours:
            launcher.up_alone(launcher.postgres)
        _connect_to(launcher.addresses().database_url)
        yield
    except LocalServiceError as error:
        raise CommandError(str(error)) from error
    finally:
        if ours:
            launcher.postgres.stop()


def _connect_to(url: str) -> None:
    """The settings were read before the server had a port and a password."""
    connection.settings_dict.update(Env.db_url_config(url), ENGINE=connection.settings_dict["ENGINE"])


@contextmanager
def database() -> Iterator[None]:
    """A new database with every table, dropped afterwards: the tour meets nobody's jobs, and leaves none."""
    original = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"millrace_inline_{new_id()[-8:]}"
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    except (DatabaseError, SystemExit) as error:
        raise CommandError(f"No database of its own could be made for the tour: {error}") from error
    try:
        yield
    finally:
        connection.creation.destroy_test_db(original, verbosity=0)


@contextmanager
def sandbox() -> Iterator[str]:
    """The address of a sandbox that lasts as long as the block; its chain is kept for the next time."""
    state = settings.STATE_DIR / "inline-sandbox"
    command = [sys.executable, "manage.py", "sandbox", "--port", "0", "--state", str(state)]
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()


def _address(process: "subprocess.Popen[str]") -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith(_READY):
            return line.removeprefix(_READY).split()[0]
    raise CommandError(f"The sandbox did not start: {''.join(said).strip()}")
