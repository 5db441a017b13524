"""The system user that PostgreSQL runs as when we are root: it refuses to run as root itself."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from jobs.localservices.errors import LocalServiceError

PREFERRED = "postgres"
CREATED = "millrace-postgres"


class Identity(TypedDict, total=False):
    """The arguments of `subprocess` that start a child as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A system user; `None` in its place means: run as whoever we are."""

    name: str
    uid: int
    gid: int


def identity(account: Account | None) -> Identity:
    """How a child process becomes `account`."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def server_account(data: Path) -> Account | None:
    """Who PostgreSQL must run as to own `data`: nobody special unless we are root.

    As root: the owner of an existing `data`, else the system's `postgres`, else a user created for it.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _known(pwd.getpwuid(owner))
    return _find(PREFERRED) or _find(CREATED) or _create(CREATED)


def can_execute(account: Account | None, path: Path) -> bool:
    """Whether `account` may run the program, or enter the folder, at `path`."""
    if account is None:
        return os.access(path, os.X_OK)
    test = shutil.which("test") or "/usr/bin/test"
    try:
        found = subprocess.run(  # noqa: S603 -- fixed program, path as one argument
            [test, "-x", str(path)], cwd="/", check=False, **identity(account)
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LocalServiceError(f"Cannot start a program as the user {account.name}: {error}") from error
    return found.returncode == 0


def _find(name: str) -> Account | None:
    try:
        return _known(pwd.getpwnam(name))
    except KeyError:
        return None


def _known(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create(name: str) -> Account:
    tool = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if tool is None:
        raise LocalServiceError(
            f"PostgreSQL cannot run as root, and there is no useradd to create a user for it. "
            f"Create a system user named {PREFERRED}, or run this as an ordinary user."
        )
    done = subprocess.run(  # noqa: S603 -- fixed program and fixed name
        [tool, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", name],
        check=False,
        capture_output=True,
        text=True,
    )
    account = _find(name)
    if account is None:
        raise LocalServiceError(f"Cannot create the system user {name}: {done.stderr.strip()}")
    return account
