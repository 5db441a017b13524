"""The wallet pages, without a browser."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from analysis.models import PnlReport
from jobs.models import Job

ADDRESS = "9D6Sev2h9BDb7ijfu5tSKi1WHfRHYz9duutcaEb5A9XE"
ZERO = dict.fromkeys(
    (
        "proceeds",
        "cost_basis",
        "gain",
        "income",
        "fees",
        "transfer_fees",
        "net",
        "missing_proceeds",
        "open_cost",
    ),
    "0",
)
REPORT = {
    "totals": ZERO | {"net": "-1.25", "market_value": None, "unrealised": None, "unpriced": []},
    "assets": {
        mint: ZERO | {"acquired": "1", "sold": "1", "held": "0", "missing": "0", "net": net}
        | {"market_value": None, "unrealised": None}
        for mint, net in (("MintA", "0.5"), ("MintB", "-1.75"))
    },
    "days": [{"day": "2026-11-01", "gain": "-1.25", "income": "0", "cumulative_net": "-1.25"}],
    "flags": [],
    "open_lots": [],
}  # fmt: skip


def test_analyse_starts_six_jobs_and_shows_them(operator: Client) -> None:
    response = operator.post("/wallets", {"address": f" {ADDRESS} ", "method": "lifo"}, follow=True)
    steps = [(step.title, step.job.state) for step in response.context["steps"]]
    assert steps == [
        ("Fetch the transactions", "waiting"),
        ("Fetch the balances", "blocked"),
        ("Work out profit and loss", "blocked"),
        ("Work out the behaviour", "blocked"),
        ("Look up the tokens", "blocked"),
        ("Put it together", "blocked"),
    ]
    assert response.request["PATH_INFO"] == f"/wallets/{ADDRESS}"
    assert Job.objects.get(task__endswith="analyze_pnl").kwargs["method"] == "lifo"
    assert "The result appears here when the last step is done." in response.content.decode()


def test_a_picked_sample_is_analysed_without_scripts_too(operator: Client) -> None:
    operator.post("/wallets", {"address": "", "pick": ADDRESS, "method": "fifo"})
    assert Job.objects.get(task__endswith="sync_wallet").kwargs["address"] == ADDRESS


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "Enter an address, or pick one of the samples."),
        ("0x52908400098527886E0F7030069857D2E4169EE7", "is an Ethereum address"),
        ("<script>alert(1)</script>", "is no Solana address"),
    ],
)
def test_a_wrong_address_is_refused_in_words_and_nothing_is_stored(
    operator: Client, address: str, problem: str
) -> None:
    response = operator.post("/wallets", {"address": address, "method": "fifo"})
    html = response.content.decode()
    assert response.status_code == 422
    assert problem in html
    assert "<script>alert(1)" not in html
    assert not Job.objects.exists()


def test_an_unknown_method_is_refused(operator: Client) -> None:
    assert operator.post("/wallets", {"address": ADDRESS, "method": "best"}).status_code == 422
    assert not Job.objects.exists()


def test_a_viewer_may_look_but_not_start(viewer: Client) -> None:
    assert viewer.post("/wallets", {"address": ADDRESS}).status_code == 403
    assert not Job.objects.exists()
    assert viewer.get("/wallets").status_code == 200


def test_a_report_is_shown_with_the_greatest_movers_first(viewer: Client) -> None:
    PnlReport.objects.create(
        address=ADDRESS, method="fifo", computed_at=datetime(2026, 11, 22, tzinfo=UTC), transactions=7, net="-1.25",
        sol_usd="200", report=REPORT, matches=[],
    )  # fmt: skip
    html = viewer.get(f"/wallets/{ADDRESS}").content.decode()
    assert '<span class="loss">−1.2500</span>' in html
    assert "−$250.00" in html
    assert html.index("MintB") < html.index("MintA")
    assert "pnl-chart" in html


def test_a_wallet_that_nobody_asked_about_says_so(viewer: Client) -> None:
    assert "Nobody has asked about this wallet yet." in viewer.get(f"/wallets/{ADDRESS}").content.decode()


def test_an_unknown_method_in_the_address_falls_back(viewer: Client) -> None:
    html = viewer.get(f"/wallets/{ADDRESS}?method=<b>").content.decode()
    assert "this is by FIFO" in html
    assert "<b>" not in html.replace("<body", "")
