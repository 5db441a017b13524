"""A wallet analysed by real processes, from the click to the report."""

import pytest
from celery.result import AsyncResult

from analysis.flows.wallets import analyse_wallet
from analysis.models import PnlReport
from analysis.queries.pnl import analysis_of
from analysis.queries.wallets import recent_wallets, wallet_overview
from analysis.services.pnl.lots import Method
from enrichment.models import Wallet
from jobs import testing
from jobs.errors import ArgumentsRefused
from jobs.models import Dependency, Job
from jobs.priority import Priority
from jobs.states import State
from jobs.waiting import wait_until_finished
from tests.analysis.services.wallet_pnl.test_analyse import assert_equals_the_ledger
from tests.outside import Outside
from tests.processes import Platform
from tests.waiting import wait_until

QUEUES = "wallet-operations,analysis-operations"


@pytest.mark.django_db
def test_an_analysis_is_three_jobs_of_one_correlation_of_which_two_wait_for_the_first(
    outside: Outside,
) -> None:
    flow = analyse_wallet(outside.address("Swing 1"), "hifo")
    jobs = {job.uid: job for job in Job.objects.all()}
    sync, balance, pnl = (jobs[step.uid] for step in flow.steps)
    assert [job.task.rpartition(".")[2] for job in (sync, balance, pnl)] == [
        "sync_wallet",
        "fetch_balance",
        "analyze_pnl",
    ]
    assert {job.correlation_id for job in jobs.values()} == {flow.correlation_id}
    assert {job.priority for job in jobs.values()} == {Priority.CRITICAL}
    assert [job.state for job in (sync, balance, pnl)] == [State.WAITING, State.BLOCKED, State.BLOCKED]
    assert Dependency.objects.count() == 2
    assert pnl.kwargs["method"] == "hifo"


@pytest.mark.django_db
def test_a_second_click_meets_the_jobs_that_are_under_way(outside: Outside) -> None:
    first = analyse_wallet(outside.address("Swing 1"))
    second = analyse_wallet(outside.address("Swing 1"))
    assert [step.uid for step in second.steps] == [step.uid for step in first.steps]
    assert Job.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "method"), [("abc", "fifo"), (None, "best")])
def test_a_wrong_address_or_method_stores_nothing_at_all(
    outside: Outside, address: str | None, method: str
) -> None:
    with pytest.raises(ArgumentsRefused):
        analyse_wallet(address or outside.address("Swing 1"), method)
    assert not Job.objects.exists()
    assert not Wallet.objects.exists()


@pytest.mark.django_db
def test_the_jobs_of_an_analysis_hand_on_what_they_found(outside: Outside) -> None:
    address = outside.address("Swing 1")
    with testing.inline() as jobs:
        flow = analyse_wallet(address, "hifo")
    assert [job.uid for job in jobs.completed] == [step.uid for step in flow.steps]
    synced, held, report = (AsyncResult(step.uid).get(timeout=1) for step in flow.steps)
    assert (synced["status"], synced["complete"]) == ("synced", True)
    assert held["lamports"] == outside.rpc("getBalance", address)["value"]
    assert report["net"] == PnlReport.objects.get(method="hifo").report["totals"]["net"]
    with testing.inline() as jobs:
        again = analyse_wallet(address, "hifo")
    assert AsyncResult(again.steps[0].uid).get(timeout=1)["status"] == "already-current"
    assert again.steps[2].uid == flow.steps[2].uid, "the report of the last ten minutes is the answer"


def test_real_workers_bring_a_wallet_in_and_report_on_it(platform: Platform, outside: Outside) -> None:
    platform.dispatcher()
    platform.worker("w1", QUEUES)
    address = outside.address("Scalper 1")
    flow = analyse_wallet(address)
    for step in flow.steps:
        assert wait_until_finished(step.uid, 60), step
    results = [AsyncResult(step.uid).get(timeout=5) for step in flow.steps]
    assert (results[0]["status"], results[0]["new"], results[0]["complete"]) == ("synced", 313, True)
    assert_equals_the_ledger(outside, address, Method.FIFO)
    assert results[2]["net"] == PnlReport.objects.get().report["totals"]["net"]
    overview, analysis = wallet_overview(address), analysis_of(address)
    assert analysis
    assert (overview.transactions, overview.complete, overview.balances_at is not None) == (313, True, True)
    assert analysis.days[-1].cumulative_net == analysis.totals.net
    assert [row.address for row in recent_wallets()] == [address]
    progress = Job.objects.get(uid=flow.steps[0].uid)
    assert progress.progress == 1
    assert progress.progress_detail
    assert progress.progress_detail["message"].startswith("313 new transactions")

    again = analyse_wallet(address)
    assert wait_until_finished(again.steps[0].uid, 60)
    assert AsyncResult(again.steps[0].uid).get(timeout=5)["status"] == "already-current"
    assert again.steps[2].uid == flow.steps[2].uid, "the report of the last ten minutes is the answer"
    fresh = analyse_wallet(address, force_refresh=True)
    assert fresh.steps[2].uid != flow.steps[2].uid


def test_a_rate_limited_chain_is_waited_for_without_using_an_attempt(
    platform: Platform, outside: Outside
) -> None:
    platform.dispatcher()
    platform.worker("w1", QUEUES)
    with outside.faults(status_429=1, retry_after=1, paths=["/solana"]):
        flow = analyse_wallet(outside.address("Sniper 2"))
        uid = flow.steps[0].uid
        wait_until(lambda: Job.objects.get(uid=uid).snoozes >= 2, 40, "two snoozes")
    assert wait_until_finished(uid, 60)
    job = Job.objects.get(uid=uid)
    assert (job.state, job.attempt) == (State.COMPLETED, 1)
