"""PostgreSQL run by us: `initdb` once, then `postgres` itself, on loopback, with a password."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg

from jobs.localservices.accounts import identity
from jobs.localservices.binaries import PostgresInstall, postgres_installs
from jobs.localservices.errors import DataFromOtherVersion, LocalServiceError
from jobs.localservices.placement import (
    Placement,
    create,
    existing_data,
    outside_folder,
    place,
    reachable_install,
)
from jobs.localservices.ports import LOOPBACK
from jobs.localservices.processes import is_running, spawn
from jobs.localservices.secret import remembered
from jobs.localservices.server import Server

# psycopg has no SQLSTATE for a connection that was refused: these are the texts of 57P03.
_RECOVERING = ("the database system is starting up", "the database system is not yet accepting connections")
USER = DATABASE = "millrace"
DEFAULT_PORT = 15432


class Postgres(Server):
    """The database server. `durable=False` turns fsync off, for data that is thrown away."""

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast" shutdown: clients are disconnected
    not_yet = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')

    def __init__(
        self, state_dir: Path, port: int = DEFAULT_PORT, *, environ: Mapping[str, str], durable: bool = True
    ) -> None:
        super().__init__(state_dir, port)
        self._environ = environ
        self._durable = durable
        self._password_file = state_dir / "postgres.password"

    @property
    def data(self) -> Path:
        """PGDATA: where it is, or where it will be."""
        return existing_data(self.state_dir) or self.state_dir / "postgres" / "data"

    @property
    def pid(self) -> int | None:
        return self._pid_file_line(0)

    def listening_port(self) -> int | None:
        return self._pid_file_line(3)

    @property
    def url(self) -> str:
        return f"postgres://{USER}:{self._password}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def marker(self) -> str:
        return str(self.data)

    def prepare(self) -> None:
        self._discard_orphan()
        placement = place(self.state_dir)
        if not placement.data.exists():
            self._initialise(placement)
        self._drop_pid_file_of_another_program(placement.data)

    def launch(self, port: int) -> int:
        placement = place(self.state_dir)
        program = self._install(placement).folder / "postgres"
        return spawn(
            [str(program), "-D", str(placement.data), *self._options(port)],
            log=self.log,
            cwd=placement.data,
            account=placement.account,
            env=self._program_environment(),
        )

    def answers(self) -> bool:
        self.recovering = False
        try:
            with self._connect("postgres") as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if known.fetchone() is None:
                    connection.execute(f'CREATE DATABASE "{DATABASE}"')
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise LocalServiceError(
                    f"The password in {self._password_file} does not fit the database in {self.data}. "
                    f"Put the file back, or move both away to start with an empty database."
                ) from error
            self.recovering = any(words in str(error) for words in _RECOVERING)
            return False
        return True

    @property
    def _password(self) -> str:
        return remembered(self._password_file)

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user=USER,
            password=self._password,
            dbname=database,
            connect_timeout=3,
            autocommit=True,
        )

    def _options(self, port: int) -> list[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": port,
            # TCP only: a socket's path may not exceed some 100 characters, and project paths do.
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "128MB",
            "max_wal_size": "256MB",  # what is read again after a crash, at the most
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
        }
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _install(self, placement: Placement) -> PostgresInstall:
        """The first install that fits the data and that the account can run."""
        version_file = placement.data / "PG_VERSION"
        wanted = int(version_file.read_text()) if version_file.exists() else None
        installs = postgres_installs(self._environ)
        fitting = [install for install in installs if wanted in (None, install.major)]
        if not fitting:
            raise DataFromOtherVersion(placement.data, wanted or 0, [install.major for install in installs])
        for install in fitting:
            if usable := reachable_install(install, placement.account, self.state_dir):
                return usable
        who = placement.account.name if placement.account else "this user"
        raise LocalServiceError(
            f"{fitting[0].folder} cannot be run by {who}. Make it readable for everybody."
        )

    def _initialise(self, placement: Placement) -> None:
        create(placement)
        unfinished = placement.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = placement.folder / "password"
        password_file.write_text(self._password)
        if placement.account:
            os.chown(password_file, placement.account.uid, placement.account.gid)
        password_file.chmod(0o600)
        try:
            self._run_initdb(placement, unfinished, password_file)
        finally:
            password_file.unlink()
        unfinished.rename(placement.data)

    def _run_initdb(self, placement: Placement, target: Path, password_file: Path) -> None:
        program = self._install(placement).folder / "initdb"
        options = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--username", USER]
        done = subprocess.run(  # noqa: S603 -- a program that this package found itself
            [str(program), "-D", str(target), "--pwfile", str(password_file), *options],
            cwd=placement.folder,
            env=self._program_environment(),
            capture_output=True,
            text=True,
            check=False,
            **identity(placement.account),
        )
        if done.returncode != 0:
            raise LocalServiceError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _program_environment(self) -> dict[str, str]:
        """Without PGDATA, PGPORT and the like, which would change what our programs do."""
        kept = {name: value for name, value in self._environ.items() if not name.startswith("PG")}
        return {**kept, "LC_ALL": "C", "HOME": "/"}

    def _pid_file_line(self, number: int) -> int | None:
        """postmaster.pid: process id, data folder, start time, port, ... one a line."""
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[number])
        except (OSError, IndexError, ValueError):
            return None

    def _drop_pid_file_of_another_program(self, data: Path) -> None:
        """After a reboot the recorded id may be some other program's; PostgreSQL would refuse to start.

        A dead id is left to PostgreSQL, which also checks that no orphaned backend still uses the data.
        """
        if self.pid is not None and not self.is_running() and is_running(self.pid, ""):
            (data / "postmaster.pid").unlink()

    def _discard_orphan(self) -> None:
        """Data outside the project whose state folder was deleted: its password is lost, so it goes too."""
        orphan = outside_folder(self.state_dir) / "postgres"
        if orphan.exists() and not self._password_file.exists():
            self.stop()
            shutil.rmtree(orphan)
