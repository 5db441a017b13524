"""`secrets rotate`, `secrets key`."""

import argparse

from cryptography.fernet import Fernet

from jobs import audit
from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.encryption import current_key, has_keys
from jobs.errors import OptionRefused
from jobs.store.rotation import rotate


def _rotate(output: Output, _: argparse.Namespace) -> None:
    if not has_keys():
        raise OptionRefused("PAYLOAD_ENCRYPTION_KEYS", "is not set")
    changed = rotate(lambda table, count: output.note(f"{table}: {count} changed"))
    audit.record("rotate secrets", f"key {current_key()}", changed=changed)
    told = f"Encrypted {changed} rows again with the key {current_key()}."
    output.say(f"{told} Keep the old key until the jobs that run now have ended.", {"changed": changed})


def _key(output: Output, _: argparse.Namespace) -> None:
    key = Fernet.generate_key().decode()
    output.note("Put it first in PAYLOAD_ENCRYPTION_KEYS, restart everything, then run `secrets rotate`.")
    output.say(key, {"key": key})


ROTATE = Action(
    "rotate",
    "Encrypt secret payload fields again with the first key; may be stopped and run again.",
    "secrets rotate",
    _rotate,
)
KEY = Action("key", "Make a new key.", "secrets key", _key)
