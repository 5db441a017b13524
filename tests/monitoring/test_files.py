"""The rules and the dashboard in docs/monitoring: what Prometheus and Grafana would say of them, and what we do."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models import SchedulePolicy
from monitoring.guide import sections
from monitoring.models import Alert
from tests.jobs.http.conftest import Api, api, clean_redis, operator  # noqa: F401 -- fixtures
from tests.monitoring.http.test_prometheus import scraped, some_work
from tests.monitoring.promql import Exposed, Fault, labels_of, labels_used

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs" / "monitoring"
RULES = yaml.safe_load((DOCS / "alert-rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((DOCS / "grafana-dashboard.json").read_text())
TOOLS = DOCS.parents[1] / ".millrace" / "tools"  # where .ci/promtool puts it
PROMTOOL = shutil.which("promtool") or shutil.which("promtool", path=TOOLS)
TEMPLATE = re.compile(r"\{\{(.*?)\}\}")
SHOWN = re.compile(r"\s*\$(value|labels\.\w+)\s*(\|\s*(humanize|humanizePercentage|humanizeDuration)\s*)?")


@pytest.fixture
def exposed(api: Api) -> Exposed:  # noqa: F811 -- the fixture
    """Every sample's name with its labels, of a scrape in which nothing is missing."""
    some_work()
    Alert.objects.create(
        rule="r",
        subject="quick",
        state="firing",
        severity="warning",
        value=1,
        threshold=0,
        since=datetime.now(UTC),
    )
    interval = IntervalSchedule.objects.create(every=1, period="minutes")
    row = PeriodicTask.objects.create(name="tick", task="t", interval=interval)
    SchedulePolicy.objects.create(schedule=row, next_due=datetime.now(UTC))
    found: dict[str, frozenset[str]] = {}
    for family in scraped(api).values():
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, frozenset()) | set(sample.labels)
    return found


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_rule_is_whole_and_its_expression_fits_what_is_exposed(
    rule: dict[str, Any], exposed: Exposed
) -> None:
    assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert re.fullmatch(r"Millrace[A-Za-z]+", rule["alert"])
    assert promql_parser.parse_duration(rule.get("for", "1m"))
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    yielded = labels_of(rule["expr"], exposed)
    for text in rule["annotations"].values():
        assert all(SHOWN.fullmatch(inside) for inside in TEMPLATE.findall(text)), text
        assert labels_used(text) <= yielded, f"{text}: there is only {sorted(yielded)}"


def test_every_alert_leads_to_its_section_of_the_guide() -> None:
    links = [rule["annotations"]["runbook_url"] for rule in ALERTS]
    assert all(link.startswith("http://127.0.0.1:8000/alerts/guide#") for link in links)
    assert {link.partition("#")[2] for link in links} <= sections()


def test_the_rules_file_is_one_and_no_alert_has_the_name_of_another() -> None:
    assert RULES.keys() == {"groups"}
    assert all(group.keys() <= {"name", "interval", "rules"} for group in RULES["groups"])
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS) > 10


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_a_panel_shows_what_is_exposed(panel: dict[str, Any], exposed: Exposed) -> None:
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert {"x", "y", "w", "h"} == panel["gridPos"].keys()
    assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    for target in panel["targets"]:
        yielded = labels_of(target["expr"], exposed)
        assert labels_used(target["legendFormat"]) <= yielded, target


def test_panels_do_not_lie_upon_each_other_and_choices_come_from_labels(exposed: Exposed) -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    squares = [square for panel in DASHBOARD["panels"] for square in _squares(panel["gridPos"])]
    assert len(set(squares)) == len(squares)
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
            assert found
            assert found[2] in exposed[found[1]]


def _squares(grid: dict[str, int]) -> Iterator[tuple[int, int]]:
    for x in range(grid["x"], grid["x"] + grid["w"]):
        for y in range(grid["y"], grid["y"] + grid["h"]):
            yield x, y


@pytest.mark.parametrize(
    "wrong",
    [
        "sum by (queue) (", "rate(millrace_jobs_failed_total)", "millrace_jobs_failed_sum > 0", "nothing_total > 1",
        'millrace_queue_slots{task="x"}', "sum by (task) (millrace_queue_slots)",
        "millrace_workers and on (queue) millrace_queue_slots", "millrace_breaker_open > millrace_queue_slots",
        "histogram(millrace_queue_slots)",
    ],
)  # fmt: skip
def test_the_check_finds_what_is_wrong(wrong: str, exposed: Exposed) -> None:
    with pytest.raises(Fault):
        labels_of(wrong, {**exposed, "millrace_breaker_open": frozenset({"breaker"})})


@pytest.mark.skipif(not PROMTOOL, reason="promtool is not installed")
def test_promtool_accepts_the_rules_and_refuses_a_broken_one(tmp_path: Path) -> None:
    assert _promtool("check", "rules", str(DOCS / "alert-rules.yml")) == (0, "")
    broken = tmp_path / "rules.yml"
    broken.write_text((DOCS / "alert-rules.yml").read_text().replace("sum by (queue) (", "sum by queue (", 1))
    assert _promtool("check", "rules", str(broken))[0] == 1


@pytest.mark.skipif(not PROMTOOL, reason="promtool is not installed")
def test_promtool_finds_nothing_to_say_about_a_scrape(api: Api, exposed: Exposed) -> None:  # noqa: F811 -- the fixture
    text = api.client.get("/metrics", headers=api.headers).content.decode()
    assert all(name in text for name in exposed)
    assert _promtool("check", "metrics", given=text) == (0, "")
    assert _promtool("check", "metrics", given=text.replace("# HELP", "# NOTE"))[0] != 0


def _promtool(*words: str, given: str = "") -> tuple[int, str]:
    """Its status, and what it complains of."""
    done = subprocess.run(
        [str(PROMTOOL), *words], input=given, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stderr
