"""The pages that compare wallets, without a browser."""

from django.test import Client

from analysis.models import SimilarityReport
from jobs import testing
from jobs.models import Job
from tests.outside import Outside


def test_an_empty_page_says_what_to_do(operator: Client, outside: Outside) -> None:
    html = operator.get("/wallets/similarity").content.decode()
    assert "No wallets have been compared yet." in html
    assert html.count('name="pick"') == len(outside.wallets())


def test_picked_and_typed_wallets_are_compared_and_shown(operator: Client, outside: Outside) -> None:
    one, other, system = (outside.address(label) for label in ("Swing 1", "Swing 2", "System wallet"))
    started = operator.post(
        "/wallets/similarity", {"addresses": f"{one},\nnonsense", "pick": [other, system, one]}
    )
    assert started.status_code == 302
    waiting = operator.get(started["Location"]).content.decode()
    assert "The result appears here when the last step is done." in waiting
    with testing.stepwise() as jobs:
        jobs.run_until_idle()
    html = operator.get(started["Location"]).content.decode()
    for words in ("Capital, cosine", "Tokens, Jaccard", "Swing 1", "100 %", "no person", "nonsense"):
        assert words in html
    assert html.count('class="matrix"') == 4
    part = operator.get(started["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_too_few_wallets_are_refused_in_words(operator: Client, outside: Outside) -> None:
    answer = operator.post("/wallets/similarity", {"addresses": "nonsense <b>"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "needs at least two different wallets, has 0" in html
    assert "<b>" not in html
    assert not Job.objects.exists()
    assert not SimilarityReport.objects.exists()


def test_a_viewer_may_look_but_not_start(viewer: Client, outside: Outside) -> None:
    assert viewer.get("/wallets/similarity").status_code == 200
    assert viewer.post("/wallets/similarity", {}).status_code == 403


def test_an_unknown_comparison_is_404(viewer: Client) -> None:
    assert viewer.get("/wallets/similarity/nobody").status_code == 404


def test_a_wallets_page_shows_lots_behaviour_and_what_its_balances_are_worth(
    operator: Client, outside: Outside
) -> None:
    address = outside.address("Swing 1")
    with testing.inline():
        operator.post("/wallets", {"address": address})
    html = operator.get(f"/wallets/{address}").content.decode()
    for words in (
        "Lots still held",
        "Swing trader",
        "Positions won",
        "hours-chart",
        "told by dexscreener",
        "Put it together",
    ):
        assert words in html
    assert html.count("<li data-key=") == 6
