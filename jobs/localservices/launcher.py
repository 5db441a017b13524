"""Starts and stops PostgreSQL and Valkey for one state folder, except what the environment provides."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit

from jobs.localservices import state
from jobs.localservices.placement import outside_folder, prepare_state_dir
from jobs.localservices.ports import ANY
from jobs.localservices.postgres import DEFAULT_PORT as POSTGRES_PORT
from jobs.localservices.postgres import Postgres
from jobs.localservices.secret import write_private
from jobs.localservices.server import Server
from jobs.localservices.valkey import DEFAULT_PORT as VALKEY_PORT
from jobs.localservices.valkey import Valkey


@dataclass(frozen=True)
class Addresses:
    """Where clients connect; passwords included."""

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class ServiceStatus:
    """One line of `services status`. `pid` is None when it is not running, or not ours."""

    name: str
    provided: bool  # its address comes from the environment: not ours to start
    running: bool
    url: str
    pid: int | None


class Launcher:
    """The services of one state folder. Safe to use from several processes at once.

    `throwaway`: any free ports, and no fsync unless `durable`; for tests and measurements.
    """

    def __init__(
        self,
        state_dir: Path,
        environ: Mapping[str, str] | None = None,
        *,
        throwaway: bool = False,
        durable: bool = False,
    ) -> None:
        self.state_dir = state_dir.resolve()
        self._environ = os.environ if environ is None else environ
        self._throwaway = throwaway
        self._durable = durable or not throwaway

    @cached_property
    def postgres(self) -> Postgres:
        """Our PostgreSQL, started or not."""
        port = self._recorded_port("database_url", POSTGRES_PORT)
        return Postgres(self.state_dir, port, environ=self._environ, durable=self._durable)

    @cached_property
    def valkey(self) -> Valkey:
        """Our Valkey, started or not."""
        return Valkey(self.state_dir, self._recorded_port("redis_url", VALKEY_PORT), environ=self._environ)

    @property
    def servers(self) -> list[Server]:
        """The servers that are ours to run: those whose address the environment does not give."""
        wanted: list[Server] = []
        if not self._environ.get("DATABASE_URL"):
            wanted.append(self.postgres)
        if not (self._environ.get("REDIS_URL") or self._environ.get("REDIS_HOST")):
            wanted.append(self.valkey)
        return wanted

    def up(self) -> Addresses:
        """Start what is not running, wait until it answers, and record the addresses."""
        if self.servers:
            prepare_state_dir(self.state_dir)
            with self._alone():
                for server in self.servers:
                    server.start()
                self._record()
        return self.addresses()

    def up_alone(self, server: Server) -> None:
        """Start one of our servers and no other."""
        prepare_state_dir(self.state_dir)
        with self._alone():
            server.start()
            self._record()

    def down(self) -> None:
        """Stop what is ours and running. Data and addresses stay."""
        if self.state_dir.exists():
            prepare_state_dir(self.state_dir)
            with self._alone():
                for server in reversed(self.servers):
                    server.stop()

    def addresses(self) -> Addresses:
        """The addresses in use: the environment's first, then ours."""
        ours = self.servers
        return Addresses(
            self.postgres.url if self.postgres in ours else self._environ["DATABASE_URL"],
            self.valkey.url if self.valkey in ours else _provided_redis(self._environ),
        )

    def status(self) -> list[ServiceStatus]:
        """What is provided, what runs, and where. Starts nothing and writes nothing."""
        recorded = state.read(self.state_dir)
        redis_url = None if self.valkey in self.servers else _provided_redis(self._environ)
        return [
            self._status(self.postgres, self._environ.get("DATABASE_URL"), recorded.get("database_url", "")),
            self._status(self.valkey, redis_url, recorded.get("redis_url", "")),
        ]

    def remove(self) -> None:
        """Stop everything and delete the state folder and all data."""
        self.down()
        shutil.rmtree(outside_folder(self.state_dir), ignore_errors=True)
        if self.state_dir.exists():
            shutil.rmtree(self.state_dir)

    def _status(self, server: Server, provided: str | None, recorded: str) -> ServiceStatus:
        if provided:
            return ServiceStatus(server.name, provided=True, running=True, url=provided, pid=None)
        running = server.is_running()
        return ServiceStatus(
            server.name, provided=False, running=running, url=recorded, pid=server.pid if running else None
        )

    def _recorded_port(self, key: str, default: int) -> int:
        url = state.read(self.state_dir).get(key)
        return (url and urlsplit(url).port) or (ANY if self._throwaway else default)

    def _record(self) -> None:
        keys = {"postgres": "database_url", "valkey": "redis_url"}
        fresh = {keys[server.name]: server.url for server in self.servers}
        recorded = {**state.read(self.state_dir), **fresh}
        write_private(state.path(self.state_dir), json.dumps(recorded, indent=2) + "\n")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One `up` or `down` at a time; the lock goes with the process that holds it."""
        with (self.state_dir / "services.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _provided_redis(environ: Mapping[str, str]) -> str:
    """The address that REDIS_URL, or REDIS_HOST and its companions, give."""
    if url := environ.get("REDIS_URL"):
        return url
    password = environ.get("REDIS_PASSWORD", "")
    host, port = environ.get("REDIS_HOST", "127.0.0.1"), environ.get("REDIS_PORT", "6379")
    secret = f":{quote(password, safe='')}@" if password else ""
    return f"redis://{secret}{host}:{port}/{environ.get('REDIS_DB', '0')}"
