"""The pages of docs/reference/ say what the code says."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from jobs import trace_sdk, tracing
from jobs.http.reference import reference
from jobs.localservices.binaries import POSTGRES_BIN, VALKEY_SERVER
from jobs.supervisor.addresses import USUAL

ROOT = Path(settings.BASE_DIR)
PAGES = ROOT / "docs" / "reference"
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.*?) ?\| (?:.* )?\|$", re.MULTILINE)


def described() -> dict[str, str]:
    """Every setting of the page with its default, as it is written there."""
    rows = ROW.findall((PAGES / "settings.md").read_text())
    assert len(rows) == len({name for name, _ in rows}), "a setting is described twice"
    return {name: default.strip() for name, default in rows}


def read_by_settings() -> dict[str, Any]:
    """What config/settings reads of the environment; `...` for a default that is worked out."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse((ROOT / "config" / "settings" / "base.py").read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and node.args:
            name, default = node.args[0], next((k.value for k in node.keywords if k.arg == "default"), None)
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                found[name.value] = _literal(default)
    return found


def read_by_commands() -> set[str]:
    """What the launcher of services, the supervisor and the tracing read of it."""
    launcher = (ROOT / "jobs" / "localservices" / "launcher.py").read_text()
    named = set(re.findall(r"environ(?:\.get\(|\[)[\"']([A-Z_]+)", launcher))
    tracers = "".join((ROOT / "jobs" / name).read_text() for name in ("tracing.py", "trace_sdk.py"))
    traced = {*re.findall(r"environ\.get\(\"([A-Z_]+)", tracers), *tracing._NAMES, *trace_sdk._TIMEOUTS}
    return {*named, *traced, *USUAL, POSTGRES_BIN, VALKEY_SERVER}


def _literal(default: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(default) if default is not None else ...
    except ValueError:
        return ...


def _shown(value: Any) -> str:
    """A default as the page writes it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    text = ",".join(value) if isinstance(value, list | dict) else str(value)
    return f"`{text}`" if text else ""


def test_every_setting_is_described_and_no_other() -> None:
    assert set(described()) == set(read_by_settings()) | read_by_commands()


def test_defaults_are_those_of_the_code() -> None:
    page = described()
    fixed = {
        name: value for name, value in read_by_settings().items() if value is not ... and name != "SECRET_KEY"
    }
    assert len(fixed) > 40
    differing = {
        name: page[name]
        for name, value in fixed.items()
        if page[name] not in {_shown(value), "made up with `DEBUG`"}
    }
    assert differing == {}
    assert {name: page[name] for name in USUAL} == {name: _shown(port) for name, port in USUAL.items()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "page"),
    [
        ("api_reference", "http-api.md"), ("commands_reference", "commands.md"), ("events_reference", "events.md"),
        ("metrics_reference", "metrics.md"),
    ],
)  # fmt: skip
def test_a_page_is_what_its_command_writes(command: str, page: str, capsys: Any) -> None:
    call_command(command)
    assert capsys.readouterr().out == (PAGES / page).read_text(), f"run: manage.py {command} --write"


def test_a_command_is_a_section_and_an_action_a_line() -> None:
    page = (PAGES / "commands.md").read_text()
    for expected in (
        "## `queues`\n\nList, show and operate queues",
        "| `pause` | Stop starting jobs of queues. | `QUEUE` `--reason REASON` | `manage.py queues",
        "Takes `up\\|down\\|status`.",
        "| 4 | the job was cancelled |",
    ):
        assert expected in page
    assert "`migrate`" not in page, "a command of somebody else"


def test_a_summary_is_named_with_its_sum_and_count() -> None:
    page = (PAGES / "metrics.md").read_text()
    assert (
        "| `millrace_job_run_seconds`, `_sum`, `_count` | summary | `queue` `task` `quantile` | From started"
        in page
    )
    assert "| `millrace_jobs_completed_total` | counter | `queue` `task` | Jobs that completed. |" in page


def test_an_endpoint_is_a_line_under_its_topic() -> None:
    operation = {
        "tags": ["stones"], "description": "Turn a stone.\nOnce | twice.\n\nMore.", "requestBody": {},
        "parameters": [{"name": "id", "in": "path"}, {"name": "way", "in": "query"}],
        "responses": {200: {}, 202: {}, 404: {}},
    }  # fmt: skip
    page = reference({"paths": {"/stones/{id}": {"post": operation}}})
    assert page.endswith(
        "## Stones\n\n| endpoint | does | takes | answers |\n|---|---|---|---|\n"
        "| `POST /stones/{id}` | Turn a stone. Once \\| twice. | `way`, body | 200, 202 |\n"
    )
