"""The stops of `manage.py demo`, their jobs run by the twin against the real sandbox."""

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User

from analysis.tour import Tour
from analysis.tour_steps import STEPS
from enrichment.models import Fill
from jobs import testing
from tests.outside import Outside, point_at

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
TAKE = {step.title: step.take for step in STEPS}


@pytest.fixture
def tour(capsys: pytest.CaptureFixture[str]) -> Tour:
    """A tour of a site that nobody looks at."""
    User.objects.create_user("demo", is_staff=True)
    return Tour("http://site")


def test_wallets_of_several_styles_are_compared(
    outside: Outside, tour: Tour, capsys: pytest.CaptureFixture[str]
) -> None:
    with testing.inline():
        TAKE["Wallets that trade alike"](tour)
    told = capsys.readouterr().out
    assert tour._failures == []
    assert "Scalper 1 and Scalper 2" in told
    assert "http://site/wallets/similarity/" in told


def test_markets_are_shown_at_the_first_tour_and_at_a_later_one(
    outside: Outside, tour: Tour, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        with testing.inline():
            for title in ("A coin: price, sentiment, risk", "News, searched", "An account on an exchange"):
                TAKE[title](tour)
        told = " ".join(capsys.readouterr().out.split())
        assert tour._failures == []
        assert "costs $0.0" in told
        assert "RugCheck" in told
        assert f"{Fill.objects.count()} fills, fees" in told


def test_without_the_outside_world_the_tour_says_what_is_missing(settings: LazySettings, tour: Tour) -> None:
    point_at("http://127.0.0.1:1", settings)
    for title in ("A coin: price, sentiment, risk", "An account on an exchange"):
        TAKE[title](tour)
    assert tour._failures == ["there is no coin to look at", "there is no sample account"]
