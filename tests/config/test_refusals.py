"""What nothing starts with in production; alone on its machine it may."""

import os
import subprocess
import sys

import pytest

from config.settings.refusals import DEVELOPMENT_KEY, refusals
from tests.processes import ROOT

SOUND = {
    "debug": False,
    "secret_key": "k" * 50,
    "hosts": ["millrace.example"],
    "origins": ["https://millrace.example"],
    "redis_url": "redis://:a-password@10.0.0.3:6379/0",
}
HERE = {
    "debug": True,
    "secret_key": DEVELOPMENT_KEY,
    "hosts": ["localhost", "127.0.0.1", "[::1]"],
    "origins": [],
}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, []),
        ({"secret_key": DEVELOPMENT_KEY}, ["SECRET_KEY"]),
        ({"debug": True}, ["DEBUG"]),
        ({"debug": True, "hosts": ["localhost"]}, ["DEBUG"]),  # its origin tells
        ({"redis_url": "redis://10.0.0.3:6379/0"}, ["REDIS_URL"]),
        ({"redis_url": "rediss://user@redis.example/0"}, ["REDIS_URL"]),
        ({"redis_url": "redis://127.0.0.1:6379/0"}, []),
        ({"redis_url": "unix:///run/valkey.sock"}, []),
        ({"secret_key": DEVELOPMENT_KEY, "redis_url": "redis://redis/0"}, ["SECRET_KEY", "REDIS_URL"]),
        (HERE, []),
        (HERE | {"hosts": ["*"]}, ["DEBUG"]),
    ],
)
def test_each_way_in_that_everybody_knows_is_refused(changed: dict[str, object], named: list[str]) -> None:
    told = refusals(**(SOUND | changed))  # type: ignore[arg-type]  # one table for values of many types
    assert [sentence.split()[0].rstrip(":") for sentence in told] == named


@pytest.mark.parametrize("program", [["manage.py", "check"], ["-m", "celery", "-A", "config", "report"]])
def test_no_program_starts_with_them(program: list[str]) -> None:
    unsafe = {"DEBUG": "false", "SECRET_KEY": DEVELOPMENT_KEY, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env=os.environ | unsafe,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY is the one that everybody knows" in done.stderr
