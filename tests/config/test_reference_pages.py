"""The pages of docs/reference/ say what the code says."""

import ast
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from config import urls
from jobs import trace_sdk, tracing
from jobs.http.api import api
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


def test_the_http_api_is_described_as_it_is() -> None:
    assert urls.urlpatterns, "the routers are added there"
    written = (PAGES / "http-api.md").read_text()
    assert written == reference(api.get_openapi_schema()), "run: python manage.py api_reference --write"


def test_the_command_prints_the_page(capsys: Any) -> None:
    call_command("api_reference")
    assert capsys.readouterr().out == (PAGES / "http-api.md").read_text()


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
