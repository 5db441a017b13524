"""The coin pages, without a browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from analysis.models import AlertFiring, AlertRule, RiskAssessment
from analysis.services.risk.as_json import written
from analysis.services.risk.parts import Input, part, unknown
from enrichment.models import Coin
from jobs.models import Job
from tests.analysis.alerting import MINT, make_coin, make_rule, price
from tests.outside import Outside

ALERT = {
    "kind": "price_above",
    "threshold": "1.25",
    "window": "60",
    "cooldown": "30",
    "channel": "log",
    "recipient": "",
}


@pytest.fixture(autouse=True)
def _nothing_shared() -> None:
    caches["shared"].clear()


def html(response: Any) -> str:
    """The page's text, on one line."""
    return " ".join(response.content.decode().split())


def test_without_coins_the_samples_are_offered_and_followed(operator: Client, outside: Outside) -> None:
    assert "The local market has 10 to begin with." in html(operator.get("/coins"))
    page = html(operator.post("/coins", {"action": "samples"}, follow=True))
    assert Coin.objects.count() == 10
    assert Job.objects.get().short_task == "update_coin_prices"
    assert "Pebble" in page


def test_a_coin_is_followed_by_its_mint(operator: Client) -> None:
    response = operator.post("/coins", {"mint": f" {MINT} ", "slug": "PEBL"})
    assert response["Location"] == "/coins/PEBL"
    assert Job.objects.get().kwargs == {"coin": "PEBL"}


@pytest.mark.parametrize(
    ("mint", "slug", "problem"),
    [
        ("", "", "has 0 characters"),
        ("0x52908400098527886E0F7030069857D2E4169EE7", "", "is an Ethereum address"),
        (MINT, "a b", "the short name has letters"),
        (MINT, "TAKEN", "another coin is called"),
    ],
)
def test_what_cannot_be_followed_is_told_and_nothing_is_stored(
    operator: Client, mint: str, slug: str, problem: str
) -> None:
    make_coin("TAKEN", "1" * 32)
    response = operator.post("/coins", {"mint": mint, "slug": slug})
    assert response.status_code == 422
    assert problem.lower() in html(response).lower()
    assert (Coin.objects.count(), Job.objects.count()) == (1, 0)


def test_a_coin_shows_its_price_its_chart_and_its_risk_with_the_parts(operator: Client) -> None:
    coin = make_coin()
    price(coin, "1.00", 24 * 60 + 1)
    price(coin, "1.10", 0, volume_24h="1234567", liquidity="9000")
    parts = (
        part("contract", 25, 50, [Input("more can be minted", "by X", is_bad=True)]),
        unknown("social", 15, "Nobody."),
    )
    RiskAssessment.objects.create(
        coin=coin, assessed_at=timezone.now(), score=61, level="high", parts=written(parts)
    )
    page = html(operator.get("/coins/PEBL"))
    assert '<span class="gain">+10.00 %</span>' in page
    assert "$1.23M" in page
    assert "$9.00K" in page
    assert '<span class="score risk-high">61 <small>high</small></span>' in page
    assert '<dt>More can be minted</dt><dd class="bad">by X' in page
    assert "price-chart" in page
    assert "No posts about this coin are known." in page


def test_a_coin_without_anything_says_what_to_do(operator: Client) -> None:
    make_coin()
    page = html(operator.get("/coins/PEBL"))
    assert "No price is known yet. Press Update price." in page
    assert "Not assessed yet. Press Assess risk." in page
    assert "You have no alert about PEBL. Make one below." in page


@pytest.mark.parametrize(("action", "task"), [("price", "update_coin_price"), ("risk", "assess_coin_risk")])
def test_a_button_starts_a_job_that_the_page_shows_and_hears_of(
    operator: Client, action: str, task: str
) -> None:
    make_coin()
    page = html(operator.post("/coins/PEBL", {"action": action}, follow=True))
    job = Job.objects.get()
    assert (job.short_task, job.correlation_id) == (task, "coin:PEBL")
    assert f'data-job="{job.uid}"' in page
    assert "coin:PEBL" in page


def test_a_coin_that_is_left_rests_and_can_be_followed_again(operator: Client) -> None:
    make_coin()
    assert "is not followed any more" in html(operator.post("/coins/PEBL", {"action": "leave"}, follow=True))
    assert "Follow again" in html(operator.get("/coins/PEBL"))
    operator.post("/coins/PEBL", {"action": "follow"})
    assert Coin.objects.get().active


def test_an_alert_is_made_switched_checked_and_deleted(operator: Client) -> None:
    make_coin()
    page = html(operator.post("/coins/PEBL/alerts", ALERT, follow=True))
    assert "Price above $1.25" in page
    rule = AlertRule.objects.get()
    assert (rule.user.get_username(), rule.cooldown) == ("operator", timedelta(minutes=30))
    path = f"/alerts/{rule.pk}"
    assert '<span class="badge">off</span>' in html(operator.post(path, {"action": "disable"}, follow=True))
    assert '<span class="badge">off</span>' not in html(
        operator.post(path, {"action": "enable"}, follow=True)
    )
    operator.post(path, {"action": "check"})
    assert Job.objects.get().kwargs == {"alert_id": rule.pk}
    assert "You have no alert" in html(operator.post(path, {"action": "delete"}, follow=True))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"threshold": "much"}, "Threshold is a number."),
        ({"threshold": "-1"}, "Threshold is a number greater than 0."),
        ({"window": "soon"}, "Within is a number of minutes."),
        ({"channel": "email", "recipient": "<b>"}, "Recipient is no e-mail address."),
        ({"kind": "best"}, "Kind is one of"),
    ],
)
def test_a_wrong_alert_is_told_beside_the_form_which_keeps_what_was_entered(
    operator: Client, changes: dict[str, str], problem: str
) -> None:
    make_coin()
    response = operator.post("/coins/PEBL/alerts", ALERT | changes)
    assert response.status_code == 422
    page = html(response)
    assert problem in page
    assert 'name="cooldown" value="30"' in page
    assert "<b>" not in page
    assert not AlertRule.objects.exists()


def test_what_an_alert_told_is_listed(operator: Client) -> None:
    rule = make_rule(make_coin(), user=User.objects.get(username="operator"))
    AlertFiring.objects.create(
        rule=rule, fired_at=timezone.now(), value=2, threshold=1, message="PEBL: it is $2"
    )
    page = html(operator.get("/coins/PEBL"))
    assert "PEBL: it is $2" in page
    assert "nobody told" in page


def test_other_peoples_alerts_are_neither_shown_nor_touched(operator: Client) -> None:
    theirs = make_rule(make_coin(), "price_below", "777", user=User.objects.create_user("other"))
    assert "777" not in html(operator.get("/coins/PEBL"))
    assert operator.post(f"/alerts/{theirs.pk}", {"action": "delete"}).status_code == 404
    assert AlertRule.objects.exists()


def test_a_viewer_may_look_but_not_touch(viewer: Client) -> None:
    make_coin()
    page = html(viewer.get("/coins/PEBL"))
    assert "Update price" not in page
    assert "New alert" not in page
    assert viewer.get("/coins").status_code == 200
    for path in ("/coins", "/coins/PEBL", "/coins/PEBL/alerts", "/alerts/1"):
        assert viewer.post(path, ALERT).status_code == 403
    assert not Job.objects.exists()
    assert not AlertRule.objects.exists()


def test_an_unknown_coin_is_404(operator: Client) -> None:
    assert operator.get("/coins/nobody").status_code == 404
    assert operator.post("/coins/nobody/alerts", ALERT).status_code == 404


def test_a_live_region_fetches_its_part_alone(operator: Client) -> None:
    make_coin()
    part = operator.get("/coins/PEBL?days=7", headers={"HX-Request": "true"})
    assert html(part).startswith('<div class="stack" id="coin">')
    assert html(operator.get("/coins", headers={"HX-Request": "true"})).startswith(
        '<div class="stack" id="coins">'
    )
