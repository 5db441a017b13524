"""Circuit breakers over HTTP."""

from typing import Any

import pytest

from jobs.breaker import Circuit, Phase
from jobs.fence import circuits
from jobs.fence.connection import client as redis
from jobs.models import BreakerEvent
from tests.jobs.http.conftest import Api, token_for

pytestmark = pytest.mark.django_db


def put(api: Api, name: str, mode: str) -> Any:
    """Set a breaker's mode."""
    return api.client.put(
        f"/api/v1/breakers/{name}", {"mode": mode}, content_type="application/json", headers=api.headers
    )


def test_a_breaker_is_shown_as_it_is(api: Api) -> None:
    circuits.change(redis(), "outside", lambda *_: (Circuit(Phase.OPEN, 1_000, 2_000), 0))
    (shown,) = api.get("/breakers").json()["breakers"]
    assert shown == {
        "name": "outside", "phase": "open", "forced": False, "since": "1970-01-01T00:00:01Z",
        "probeAt": "1970-01-01T00:00:03Z", "calls": 0, "share": None,
        "guards": ["quick", "tests.sample_tasks.call_outside"],
    }  # fmt: skip
    (quick,) = (queue for queue in api.get("/jobs/health").json()["queues"] if queue["name"] == "quick")
    assert any("breakers hold jobs back: outside" in issue["message"] for issue in quick["issues"])


def test_it_is_forced_and_let_go_and_who_did_it_is_kept(api: Api) -> None:
    assert (put(api, "outside", "open").json()["phase"], put(api, "outside", "open").json()["forced"]) == (
        "open",
        True,
    )
    assert put(api, "outside", "closed").json()["phase"] == "closed"
    answer = put(api, "outside", "auto").json()
    assert (answer["phase"], answer["forced"]) == ("closed", False)
    assert list(BreakerEvent.objects.order_by("id").values_list("phase", "reason")) == [
        ("open", "set by operator"),
        ("open", "set by operator"),
        ("closed", "set by operator"),
        ("auto", "set by operator"),
    ]


def test_nonsense_is_refused_and_changes_nothing(api: Api, viewer: Any) -> None:
    assert put(api, "outsize", "open").status_code == 404
    assert "Did you mean 'outside'?" in put(api, "outsize", "open").json()["detail"]
    assert put(api, "outside", "ajar").status_code == 422
    assert put(Api(token_for(viewer, "v")), "outside", "open").status_code == 403
    assert BreakerEvent.objects.count() == 0
