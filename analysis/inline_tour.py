"""The tour without workers and without Redis: the same rows, rules and retries, one step at a time."""

from collections.abc import Callable, Sequence

from analysis.flows.wallets import analyse_wallet
from analysis.queries.pnl import analysis_of
from analysis.queries.wallets import sample_wallets
from enrichment.providers.solana.samples import SampleWallet
from jobs import testing
from jobs.dead_letters import retry
from jobs.models import Job
from jobs.tasks import rehearse_failure, repair

Say = Callable[[str], None]


class InlineTour:
    """Takes the steps in order, says what happens, and remembers what failed."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._failures: list[str] = []

    def take(self) -> list[str]:
        """All steps; answers with what failed."""
        samples = sample_wallets()
        if not samples:
            return ["no sample wallets: is the sandbox running?"]
        with testing.stepwise(raise_errors=False) as jobs:
            self._analyse(jobs, samples[0])
            self._fail_and_return(jobs)
        return self._failures

    def _analyse(self, jobs: testing.Jobs, wallet: SampleWallet) -> None:
        self._say(f"1. {wallet.label}, analysed: {wallet.description}")
        flow = analyse_wallet(wallet.address)
        self._say("   Six rows in one transaction; all but the first wait for others:")
        self._list([Job.objects.get(uid=step.uid) for step in flow.steps])
        self._say("   Run one after another:")
        self._expect(self._run_all(jobs), ["completed"] * len(flow.steps))
        report = analysis_of(wallet.address)
        if report is None:
            self._failures.append(f"{wallet.label} has no report")
        else:
            self._say(f"   Net {report.totals.net:,.4f} SOL over {report.transactions:,} transactions.")

    def _fail_and_return(self, jobs: testing.Jobs) -> None:
        self._say("2. A job that fails, and comes back")
        rehearse_failure.delay("valve")
        self._expect(self._run_all(jobs), ["delayed"])
        self._say("   It is tried again after a second. Nobody waits: the clock is moved on.")
        jobs.advance(seconds=1)
        self._expect(self._run_all(jobs), ["failed"])
        letter = jobs.dead_letters[0]
        self._say(f"   It is a dead letter now: {letter.error_type}: {letter.error}")
        repair("valve")
        retry(letter.pk, by="the tour")
        self._say("   The part is repaired and the letter retried.")
        self._expect(self._run_all(jobs), ["completed"])

    def _run_all(self, jobs: testing.Jobs) -> list[Job]:
        ran = []
        while (job := jobs.run_next()) is not None:
            self._list([job])
            ran.append(job)
        return ran

    def _list(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            told = (job.progress_detail or {}).get("message") or job.reason
            self._say(f"     {job.short_task:17} {job.state:10} {told}".rstrip())

    def _expect(self, ran: Sequence[Job], states: Sequence[str]) -> None:
        if [job.state for job in ran] != list(states):
            found = (
                ", ".join(f"{job.short_task} is {job.state} ({job.reason})" for job in ran) or "nothing ran"
            )
            self._failures.append(f"expected {', '.join(states)}: {found}")
