"""Valkey run by us: append-only file on disk, on loopback, with a password."""

import os
from collections.abc import Mapping
from pathlib import Path

import redis

from jobs.localservices.binaries import valkey_server
from jobs.localservices.ports import LOOPBACK
from jobs.localservices.processes import spawn
from jobs.localservices.secret import remembered, write_private
from jobs.localservices.server import Server

DEFAULT_PORT = 16379


class Valkey(Server):
    """The broker, the event log and the leases. Keeps at most the last second from a crash of the machine."""

    name = "valkey"

    def __init__(self, state_dir: Path, port: int = DEFAULT_PORT, *, environ: Mapping[str, str]) -> None:
        super().__init__(state_dir, port)
        self._environ = environ
        self.data = state_dir / "valkey"
        self._config = state_dir / "valkey.conf"
        self._password_file = state_dir / "valkey.password"

    @property
    def pid(self) -> int | None:
        try:
            return int((self.data / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None

    def listening_port(self) -> int | None:
        try:
            lines = self._config.read_text().splitlines()
        except OSError:
            return None
        return next((int(line.split()[1]) for line in lines if line.startswith("port ")), None)

    @property
    def url(self) -> str:
        return f"redis://:{remembered(self._password_file)}@{LOOPBACK}:{self.port}/0"

    @property
    def marker(self) -> str:
        return str(self._config)

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)

    def launch(self, port: int) -> int:
        program = valkey_server(self._environ)
        write_private(self._config, self._configuration(port))
        return spawn([str(program), str(self._config)], log=self.log, cwd=self.data, env=os.environ)

    def answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_connect_timeout=3, socket_timeout=3)
        self.recovering = False
        try:
            return bool(client.ping())
        except redis.RedisError as error:  # refused, loading, or a stranger on the port
            self.recovering = isinstance(error, redis.BusyLoadingError)
            return False
        finally:
            client.close()

    def _configuration(self, port: int) -> str:
        folder = str(self.data).replace("\\", "\\\\").replace('"', '\\"')
        return "\n".join(
            [
                f"bind {LOOPBACK}",
                f"port {port}",
                f"requirepass {remembered(self._password_file)}",
                f'dir "{folder}"',
                f'pidfile "{folder}/valkey.pid"',
                "daemonize no",
                "set-proc-title no",  # the command line must go on naming this file
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "maxmemory-policy noeviction",
                "",
            ]
        )
