"""The guided tour of the product: what `manage.py demo` shows, step by step."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.core.management.base import OutputWrapper
from django.utils.module_loading import import_string
from rich.console import Console, RenderableType
from rich.table import Table

from analysis.flows.wallets import analyse_wallet
from analysis.queries.pnl import analysis_of
from analysis.queries.wallets import sample_wallets
from enrichment.providers.solana.samples import SampleWallet
from jobs.cli.output import Output
from jobs.cli.progress import display
from jobs.dead_letters import retry
from jobs.errors import JobError, Refused
from jobs.ids import new_id
from jobs.models import DeadLetter, Job
from jobs.queries import get_job
from jobs.tasks import rehearse_failure, repair
from jobs.waiting import folds


@dataclass(frozen=True)
class Step:
    """A stop that another part of the product adds, by the setting TOUR_STEPS."""

    title: str
    take: Callable[["Tour"], None]


_PATIENCE = 120.0  # seconds for any one job
_STYLES = ("scalper", "holder", "loser")


class Tour:
    """Takes the steps in order and remembers what failed."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._console = Console()
        self._failures: list[str] = []

    def take(self) -> list[str]:
        """All steps; answers with what failed."""
        wallets = _one_of_each(sample_wallets())
        if not wallets:
            return ["no sample wallets: is the sandbox running?"]
        started = time.monotonic()
        self._step("Three wallets, analysed", lambda: self._analyse(wallets))
        self._step("Side by side", lambda: self._compare(wallets))
        for step in _more_steps():
            self._step(step.title, partial(step.take, self))
        self._step("A job that fails, and comes back", self._fail_and_return)
        self._console.print(
            f"\nSeen in {time.monotonic() - started:.0f} seconds. Look at it: {self._site}/wallets,"
            f" {self._site}/jobs and {self._site}/dead-letters"
        )
        return self._failures

    def say(self, shown: RenderableType) -> None:
        """A line or a table for who takes the tour."""
        self._console.print(shown)

    def follow(self, uid: str) -> None:
        """Show a job until it ends; one that does not complete is a failure of the tour."""
        self._expect(self._watch(uid), "completed")

    def fail(self, what: str) -> None:
        """Something is not as it should be."""
        self._failures.append(what)

    @property
    def site(self) -> str:
        """The address of the pages."""
        return self._site

    def _step(self, title: str, action: Callable[[], None]) -> None:
        self._console.rule(title, align="left")
        try:
            action()
        except (JobError, Refused) as error:
            self.fail(f"{title}: {error}")
            self._console.print(f"This did not work: {error}")

    def _analyse(self, wallets: Sequence[SampleWallet]) -> None:
        for wallet in wallets:
            self._console.print(f"{wallet.label}: {wallet.description} ({wallet.transactions} transactions)")
            flow = analyse_wallet(wallet.address).steps
            self._console.print(
                f"A flow of {len(flow)} jobs, enqueued at once; the last one waits for the others."
            )
            for step in flow:
                self._expect(self._watch(step.uid), "completed")

    def _compare(self, wallets: Sequence[SampleWallet]) -> None:
        table = Table("wallet", "realised SOL", "unrealised SOL", "fees SOL", "address")
        for wallet in wallets:
            report = analysis_of(wallet.address)
            if report is None:
                self._failures.append(f"{wallet.label} has no report")
                continue
            figures = (report.totals.gain, report.totals.unrealised, report.totals.fees)
            table.add_row(wallet.label, *map(_figure, figures), wallet.address)
        self._console.print(table)

    def _fail_and_return(self) -> None:
        part = f"valve {new_id()[-6:]}"
        uid = rehearse_failure.delay(part).id
        self._expect(self._watch(uid), "failed")
        letter = DeadLetter.objects.get(job_uid=uid)
        self._console.print(f"It is a dead letter now: {letter.error_type}: {letter.error}")
        repair(part)
        retry(letter.pk, by="the tour")
        self._console.print("The part is repaired and the letter retried.")
        self._expect(self._watch(uid), "completed")

    def _watch(self, uid: str) -> Job:
        job = get_job(uid)
        with display(Output(OutputWrapper(sys.stdout), OutputWrapper(sys.stderr), as_json=False)) as shown:
            shown.show(job)
            for _ in () if job.finished else folds(job.queue, _PATIENCE):
                job = get_job(uid)
                shown.show(job)
                if job.finished:
                    break
        return job

    def _expect(self, job: Job, state: str) -> None:
        if job.state != state:
            self._failures.append(f"{job} is {job.state}, not {state}: {job.reason}")


def _more_steps() -> list[Step]:
    return [step for path in settings.TOUR_STEPS for step in import_string(path)]


def _one_of_each(samples: Sequence[SampleWallet]) -> list[SampleWallet]:
    by_style = {wallet.style: wallet for wallet in reversed(samples)}
    return [by_style[style] for style in _STYLES if style in by_style]


def _figure(value: Decimal | None) -> str:
    return "unknown" if value is None else f"{value:,.4f}"
