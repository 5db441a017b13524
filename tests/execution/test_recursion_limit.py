"""Signing does not make the process one that a deep JSON text can end."""

import subprocess
import sys

from tests.processes import ROOT

PROGRAM = """
import django, json, sys
django.setup()
from eth_account import Account
Account.create()
try:
    json.loads("[" * 100_000)
except RecursionError:
    print("refused at", sys.getrecursionlimit())
"""


def test_a_deep_json_text_is_refused_after_signing_was_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "refused at 1000\n"), done.stderr
