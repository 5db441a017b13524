"""/api/v1/alerts."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from analysis.models import AlertFiring, AlertRule
from jobs.models import Job
from tests.analysis.alerting import make_coin, make_rule

GOOD = {"coin": "PEBL", "kind": "price_above", "threshold": "0.0000012"}


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    """A request with a JSON body."""
    return client.generic(method, f"/api/v1/alerts{path}", json(body), content_type="application/json")


def json(body: Any) -> str:
    """The body as text."""
    from json import dumps

    return "" if body is None else dumps(body)


def test_an_alert_is_made_read_changed_and_deleted(operator: Client) -> None:
    make_coin()
    made = send(operator, "POST", "", GOOD)
    assert made.status_code == 201
    alert = made.json()
    assert (alert["threshold"], alert["window"], alert["cooldown"], alert["enabled"]) == (
        "0.0000012",
        60,
        60,
        True,
    )
    assert alert["condition"] == "price above $0.0000012"
    path = f"/{alert['id']}"
    assert send(operator, "GET", path).json() == alert
    changed = send(operator, "PATCH", path, {"enabled": False, "threshold": "2.50"}).json()
    assert changed == alert | {"enabled": False, "threshold": "2.5", "condition": "price above $2.5"}
    assert send(operator, "DELETE", path).status_code == 204
    assert send(operator, "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "best"}, "kind"),
        ({"threshold": "-1"}, "threshold"),
        ({"threshold": "NaN"}, "threshold"),
        ({"threshold": "1e-19"}, "threshold"),
        ({"kind": "risk_above", "threshold": "100"}, "threshold"),
        ({"cooldown": 0}, "cooldown"),
        ({"channel": "email", "recipient": "operator"}, "recipient"),
        ({"channel": "webhook"}, "recipient"),
        ({"coin": "../x"}, "coin"),
        ({"user": 7}, "user"),
    ],
)
def test_wrong_input_is_told_by_field_and_stores_nothing(
    operator: Client, changes: dict[str, Any], field: str
) -> None:
    make_coin()
    answer = send(operator, "POST", "", GOOD | changes)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert not AlertRule.objects.exists()


def test_an_alert_about_an_unknown_coin_is_404(operator: Client) -> None:
    assert send(operator, "POST", "", GOOD).status_code == 404


def test_a_change_that_makes_no_sense_leaves_the_alert_as_it_was(operator: Client) -> None:
    rule = make_rule(make_coin(), user=User.objects.get(username="operator"))
    for body in ({}, {"kind": "risk_above", "threshold": "200"}, {"window": 0}, {"channel": "email"}):
        assert send(operator, "PATCH", f"/{rule.pk}", body).status_code == 422
    assert AlertRule.objects.values("kind", "threshold", "channel").get() == {
        "kind": "price_above", "threshold": 1, "channel": "log",
    }  # fmt: skip


def test_somebody_elses_alert_does_not_exist(operator: Client) -> None:
    theirs = make_rule(make_coin(), user=User.objects.create_user("other"))
    assert send(operator, "GET", "").json()["items"] == []
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/firings"), ("POST", "/check")):
        body = {"enabled": False} if method == "PATCH" else None
        assert send(operator, method, f"/{theirs.pk}{path}", body).status_code == 404
    assert AlertRule.objects.get().enabled
    assert not Job.objects.exists()


def test_a_check_is_a_job_that_the_coins_page_hears_of(operator: Client) -> None:
    rule = make_rule(make_coin(), user=User.objects.get(username="operator"))
    answer = send(operator, "POST", f"/{rule.pk}/check")
    assert answer.status_code == 202
    job = Job.objects.get(uid=answer.json()["id"])
    assert (job.short_task, job.kwargs, job.correlation_id) == (
        "check_specific_alert", {"alert_id": rule.pk}, "coin:PEBL",
    )  # fmt: skip


def test_the_list_is_filtered_by_coin_and_goes_on_where_its_page_ended(operator: Client) -> None:
    user, pebl, kite = User.objects.get(username="operator"), make_coin(), make_coin("KITE", "1" * 32)
    ids = [make_rule(coin, user=user).pk for coin in (pebl, kite, pebl)]
    first = send(operator, "GET", "?limit=2").json()
    rest = send(operator, "GET", f"?limit=2&cursor={first['next']}").json()
    assert [item["id"] for item in first["items"] + rest["items"]] == ids[::-1]
    assert [item["id"] for item in send(operator, "GET", "?coin=KITE").json()["items"]] == [ids[1]]


def test_the_history_tells_what_was_seen(operator: Client) -> None:
    rule = make_rule(make_coin(), user=User.objects.get(username="operator"))
    AlertFiring.objects.create(
        rule=rule,
        fired_at=timezone.now(),
        value="1.50",
        threshold=1,
        message="PEBL: price above $1",
        job_uid="j",
    )
    [item] = send(operator, "GET", f"/{rule.pk}/firings").json()["items"]
    assert (item["value"], item["threshold"], item["message"], item["jobId"]) == (
        "1.5",
        "1",
        "PEBL: price above $1",
        "j",
    )


def test_who_may_only_look_makes_no_alert(viewer: Client) -> None:
    make_coin()
    assert send(viewer, "GET", "").status_code == 200
    assert send(viewer, "POST", "", GOOD).status_code == 403
    assert send(Client(), "GET", "").status_code == 401
    assert not AlertRule.objects.exists()
