"""Checks that need a database and production's settings: missing migrations, `check --deploy`.

A throw-away PostgreSQL and Valkey are started for it, so it works on a machine where nothing runs.
"""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from jobs.localservices.throwaway import throwaway  # noqa: E402 -- found through the path set above

PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "millrace.example",
    "CSRF_TRUSTED_ORIGINS": "https://millrace.example",
    # Tasks with secret fields need a key: 32 bytes in base 64, as Fernet takes them.
    "PAYLOAD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}
COMMANDS = (
    ("makemigrations", "--check", "--dry-run"),
    ("check", "--deploy", "--fail-level", "WARNING"),
)


def main() -> int:
    """The number of checks that failed."""
    with throwaway(ROOT / ".millrace" / "check") as launcher:
        addresses = launcher.up()
        services = {"DATABASE_URL": addresses.database_url, "REDIS_URL": addresses.redis_url}
        environ = {**os.environ, **PRODUCTION, **services}
        return sum(_fails(command, environ) for command in COMMANDS)


def _fails(command: tuple[str, ...], environ: dict[str, str]) -> bool:
    done = subprocess.run(  # noqa: S603 -- our own manage.py
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environ, check=False
    )
    return done.returncode != 0


if __name__ == "__main__":
    raise SystemExit(main())
