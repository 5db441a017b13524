"""A wallet analysed by real processes, from the click to the report."""

import pytest
from celery.result import AsyncResult

from analysis.flows.wallets import analyse_wallet
from analysis.models import PnlReport
from analysis.queries.pnl import analysis_of
from analysis.queries.wallets import recent_wallets, wallet_overview
from analysis.services.pnl.lots import Method
from analysis.tasks import analyze_wallet_dashboard
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

QUEUES = "wallet-operations,analysis-operations,enrichment-operations"


TASKS = [
    "sync_wallet", "fetch_balance", "analyze_pnl", "analyze_behavior", "enrich_token_balances",
    "analyze_wallet_dashboard",
]  # fmt: skip


@pytest.mark.django_db
def test_an_analysis_is_a_flow_of_one_correlation(outside: Outside) -> None:
    flow = analyse_wallet(outside.address("Swing 1"), "hifo")
    jobs = {job.uid: job for job in Job.objects.all()}
    steps = [jobs[step.uid] for step in flow.steps]
    assert [job.short_task for job in steps] == TASKS
    assert {job.correlation_id for job in steps} == {flow.correlation_id}
    assert {job.priority for job in steps} == {Priority.CRITICAL}
    assert [job.state for job in steps] == [State.WAITING, *[State.BLOCKED] * 5]
    edges = Dependency.objects.values_list("parent__uid", "child__uid")
    sync, balance, pnl, behavior, enrichment, dashboard = (step.uid for step in flow.steps)
    assert set(edges) == {
        *((parent, sync) for parent in (balance, pnl, behavior)),
        *((enrichment, child) for child in (balance, pnl, behavior)),
        *((dashboard, child) for child in (sync, balance, pnl, behavior, enrichment)),
    }
    assert jobs[pnl].kwargs["method"] == "hifo"
    assert jobs[dashboard].policy == {"share": 0.8, "cancel_siblings": False}


@pytest.mark.django_db
def test_metadata_is_looked_up_only_when_it_is_asked_for(outside: Outside) -> None:
    flow = analyse_wallet(outside.address("Swing 1"), enrich_metadata=False, timeout_minutes=3)
    assert [Job.objects.get(uid=step.uid).short_task for step in flow.steps] == [*TASKS[:4], TASKS[5]]
    sync = Job.objects.get(uid=flow.steps[0].uid)
    assert sync.options["time_limit"] == 180
    assert sync.expires_at
    assert (sync.expires_at - sync.created_at).total_seconds() == pytest.approx(180, abs=1)


@pytest.mark.django_db
def test_a_second_click_meets_the_jobs_that_are_under_way(outside: Outside) -> None:
    first = analyse_wallet(outside.address("Swing 1"))
    second = analyse_wallet(outside.address("Swing 1"))
    assert [step.uid for step in second.steps] == [step.uid for step in first.steps]
    assert Job.objects.count() == 6


@pytest.mark.django_db
def test_a_dashboard_completes_in_part_when_one_step_of_five_fails(outside: Outside) -> None:
    away = ["/dexscreener", "/jupiter", "/defillama"]
    with outside.faults(status_500=1, paths=away), testing.inline(raise_errors=False):
        flow = analyse_wallet(outside.address("Swing 1"))
    result = AsyncResult(flow.steps[-1].uid).get(timeout=1)
    assert (result["status"], result["completed"], result["enrichment"]) == ("partial", 4, None)
    assert [step["name"] for step in result["steps"] if step["state"] == "failed"] == ["enrichment"]


@pytest.mark.django_db
def test_a_dashboard_fails_when_too_few_steps_complete(outside: Outside) -> None:
    away = ["/dexscreener", "/jupiter", "/defillama"]
    with outside.faults(status_500=1, paths=away), testing.inline(raise_errors=False):
        flow = analyse_wallet(outside.address("Swing 1"), failure_threshold=1.0)
    states = [Job.objects.get(uid=step.uid).state for step in flow.steps]
    assert states == [*["completed"] * 4, "failed", "failed"]


@pytest.mark.django_db
def test_a_dashboard_that_is_enqueued_alone_starts_its_steps_and_waits_for_them(outside: Outside) -> None:
    address = outside.address("Swing 1")
    with testing.stepwise() as jobs:
        alone = analyze_wallet_dashboard.delay(address=address)
        job = jobs.run_next()
        assert job
        assert (job.uid, job.state, job.attempt, job.reason) == (alone.id, "delayed", 0, "0 of 5 steps ended")
        jobs.run_until_idle()
    result = AsyncResult(alone.id).get(timeout=1)
    assert (result["status"], result["completed"]) == ("complete", 5)
    assert result["pnl"]["net"] == PnlReport.objects.get().report["totals"]["net"]
    assert sorted(Job.objects.values_list("task", flat=True).distinct()) == sorted(
        {Job.objects.get(uid=step["job"]).task for step in result["steps"]} | {analyze_wallet_dashboard.name}
    )
    assert Job.objects.count() == 6


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
    synced, held, report, behavior, enriched, whole = (
        AsyncResult(step.uid).get(timeout=1) for step in flow.steps
    )
    assert (whole["status"], whole["completed"]) == ("complete", 5)
    parts = ("sync", "balance", "pnl", "behavior", "enrichment")
    assert [whole[name] for name in parts] == [synced, held, report, behavior, enriched]
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
