"""docs/how-to/migrate-from-celery.md, followed in a project that had plain Celery."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_celery_beat.models import PeriodicTask

from jobs.fence.connection import client as redis
from tests.docs.pages import blocks
from tests.processes import ROOT, Process, addresses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PAGE = ROOT / "docs" / "how-to" / "migrate-from-celery.md"
PLAIN = {
    "shop/__init__.py": "from shop.celery import app as celery_app\n",
    "shop/tasks.py": """
from celery import shared_task

@shared_task
def add(x, y):
    return x + y

@shared_task(bind=True, max_retries=2)
def write_letter(self, *, to):
    return f"Dear {to}, this is run {self.request.retries}"
""",
    "shop/settings.py": """
import os
import environ

SECRET_KEY = "of this test alone"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop"]
DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
""",
    "manage.py": (ROOT / "manage.py").read_text().replace("config.settings", "shop.settings"),
}
CALLS = """
import django
django.setup()
from shop.tasks import add, write_letter
print(add.delay(2, y=3).get(timeout=100), write_letter.apply_async(kwargs={"to": "Ada"}).get(timeout=100))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The project, after the page's changes."""
    shutil.copytree(ROOT / "jobs", tmp_path / "jobs")
    (tmp_path / "shop").mkdir()
    for name, text in PLAIN.items():
        (tmp_path / name).write_text(text)
    for block in blocks(PAGE):
        path = tmp_path / re.findall(r"`(shop/\w+\.py)`", block.before)[-1]
        before = path.read_text() if path.exists() else ""
        path.write_text(before + block.text)
    return tmp_path


@pytest.fixture
def environment(shop: Path) -> dict[str, str]:
    """Its own settings, on the servers of this run."""
    redis().flushall()
    PeriodicTask.objects.all().delete()  # of another project's tasks
    return addresses() | {"DJANGO_SETTINGS_MODULE": "shop.settings", "PYTHONPATH": str(shop)}


@pytest.fixture
def running(shop: Path, environment: dict[str, str]) -> Iterator[None]:
    """The dispatcher and the worker of the page."""
    commands = {
        "dispatcher": ["manage.py", "dispatcher"],
        "worker": ["-m", "celery", "-A", "shop", "worker", "-Q", "default,letters", "-c", "2"],
    }
    started = [
        Process(name, [sys.executable, *command], shop, shop, **environment)
        for name, command in commands.items()
    ]
    yield
    for process in started:
        process.stop()


def run(shop: Path, environment: dict[str, str], *command: str) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, *command], cwd=shop, env=os.environ | environment, capture_output=True, text=True,
        timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.usefixtures("running")
def test_calls_of_a_project_that_had_plain_celery_go_on_unchanged(
    shop: Path, environment: dict[str, str]
) -> None:
    run(shop, environment, "manage.py", "migrate")
    assert "No faults" in run(shop, environment, "manage.py", "jobs", "check")
    assert run(shop, environment, "-c", CALLS) == "5 Dear Ada, this is run 0\n"
