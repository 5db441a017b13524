"""The catalogue's priorities, as a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.priorities import RULES
from jobs.priority_rules import Case, by_task, choose

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def _ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize(
    ("task", "payload", "tags", "priority"),
    [
        ("deploy_contract", {"environment": "production"}, [], 10),
        ("deploy_contract", {"environment": "production"}, ["urgent"], 10),
        ("deploy_contract", {"environment": "staging"}, [], 5),
        ("deploy_contract", {"environment": "staging"}, ["urgent"], 7),
        ("deploy_contract", {"environment": "staging"}, ["urgent", "background"], 5),
        ("deploy_contract", {"environment": "development"}, [], 3),
        ("deploy_contract", {"environment": "development"}, ["background"], 1),
        ("deploy_contract", {}, [], 5),
        ("process_tts", {"mode": "realtime", "text": "x" * 500}, [], 7),
        ("process_tts", {"text": "x" * 200}, [], 5),
        ("process_tts", {"mode": "batch", "text": "x" * 200}, [], 5),
        ("process_tts", {"mode": "batch", "text": "x" * 201}, [], 3),
        ("process_tts", {"text": "x" * 201}, [], 5),
        ("index_market_news", {"breaking": True, "published_at": _ago(9_999)}, [], 10),
        ("index_market_news", {"published_at": _ago(299)}, [], 7),
        ("index_market_news", {"published_at": _ago(300)}, [], 5),
        ("index_market_news", {"published_at": "2026-11-24T11:59:00"}, [], 7),
        ("index_market_news", {"published_at": "lately"}, [], 5),
        ("index_market_news", {}, ["urgent"], 7),
        ("sync_orders", {"premium": True}, [], 7),
        ("sync_orders", {"premium": False}, [], 5),
        ("sync_orders", {"premium": True}, ["background"], 5),
    ],
)
def test_the_catalogues_rules(task: str, payload: dict[str, Any], tags: list[str], priority: int) -> None:
    assert choose(by_task(RULES)[task], 5, Case(payload, tags, now=NOW)) == priority
