"""The metrics as families of Prometheus (https://prometheus.io/docs/practices/naming/)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from jobs import histogram
from jobs.configuration import queue_book
from jobs.queries.backlog import Backlog, backlogs
from jobs.queries.breakers import breakers_or_none
from jobs.queries.overdue import overdue
from jobs.queries.presence import Presence, presence
from jobs.queries.queue_settings import limits_of
from jobs.queries.slow import slow_runs
from monitoring.measures import burning
from monitoring.models import Alert
from monitoring.queries.lag import lags
from monitoring.queries.scaling import signals
from monitoring.queries.series import Numbers, Row, by_queue, by_task, rows, start_of, totals

_QUANTILES = (0.5, 0.95, 0.99)
_RECENT = timedelta(minutes=10)  # that the quantiles are of

_COUNTERS = {
    "enqueued": ("millrace_jobs_enqueued", "Jobs that were enqueued."),
    "started": ("millrace_runs_started", "Runs that started."),
    "completed": ("millrace_jobs_completed", "Jobs that completed."),
    "failed": ("millrace_jobs_failed", "Jobs that failed for good."),
    "cancelled": ("millrace_jobs_cancelled", "Jobs that were cancelled or expired."),
    "retried": ("millrace_runs_retried", "Runs that failed and are tried again."),
    "stalled": ("millrace_runs_stalled", "Runs that were lost with their worker."),
}


def registry() -> CollectorRegistry:
    """A registry that collects anew."""
    made = CollectorRegistry(auto_describe=False)
    made.register(_Everything())
    return made


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        names = queue_book().names
        yield from _counters(names)
        hour = rows(names, "minute", start_of("minute", timedelta(hours=1)))
        yield from _durations(hour)
        yield from _backlogs(backlogs(names))
        yield from _presence(names, presence(names))
        yield from _states(names)
        yield from _signals(names)
        yield from _objectives(names, hour)


def _counters(names: list[str]) -> Iterator[Metric]:
    found = [(row, (row.queue, row.task)) for row in totals()]
    for counter, (name, text) in _COUNTERS.items():
        family = CounterMetricFamily(name, text, labels=("queue", "task"))
        for row, labels in found:
            if row.task:
                family.add_metric(labels, row.numbers[counter])
        yield family
    fenced = CounterMetricFamily(
        "millrace_outcomes_fenced", "Outcomes that came after the lease was lost.", labels=("queue",)
    )
    told = {row.queue: row.numbers["fenced"] for row, _ in found if not row.task}
    for name in names:
        fenced.add_metric((name,), told.get(name, 0))
    yield fenced


def _durations(hour: Sequence[Row]) -> Iterator[Metric]:
    since = start_of("minute", _RECENT)
    recent = by_task(row for row in hour if row.at >= since)
    ever = {(row.queue, row.task): row.numbers for row in totals() if row.task}
    yield _summary(
        "millrace_job_wait_seconds",
        "From due to started; quantiles over ten minutes.",
        {key: (n["waited"], n["wait_us"]) for key, n in ever.items()},
        {key: n.waits for key, n in recent.items()},
    )
    yield _summary(
        "millrace_job_run_seconds",
        "From started to ended; quantiles over ten minutes.",
        {key: (n["ran"], n["run_us"]) for key, n in ever.items()},
        {key: n.runs for key, n in recent.items()},
    )


def _summary(
    name: str,
    text: str,
    ever: Mapping[tuple[str, str], tuple[int, int]],
    recent: Mapping[tuple[str, str], Mapping[int, int]],
) -> Metric:
    family = SummaryMetricFamily(name, text, labels=("queue", "task"))
    for (queue, task), (count, micros) in ever.items():
        labels = {"queue": queue, "task": task}
        found = histogram.percentiles(recent.get((queue, task), {}), _QUANTILES)
        for quantile, seconds in zip(_QUANTILES, found, strict=True):
            if seconds is not None:
                family.add_sample(name, labels | {"quantile": str(quantile)}, seconds)
        family.add_metric((queue, task), count, micros / 1e6)
    return family


def _gauge(name: str, text: str, values: Iterable[tuple[str, float | None]], label: str = "queue") -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values:
        if value is not None:
            family.add_metric((key,), value)
    return family


def _backlogs(found: Mapping[str, Backlog]) -> Iterator[Metric]:
    kinds = {
        "waiting": "Jobs that may run now, counted up to 10,001.",
        "delayed": "Jobs that may run later, counted up to 10,001.",
        "active": "Jobs that run.",
    }
    for kind, text in kinds.items():
        yield _gauge(
            f"millrace_queue_{kind}_jobs", text, ((q, getattr(b, kind).value) for q, b in found.items())
        )
    yield _gauge(
        "millrace_queue_oldest_waiting_seconds",
        "How long the oldest waiting job has waited.",
        ((queue, backlog.oldest or 0.0) for queue, backlog in found.items()),
    )
    yield _gauge(
        "millrace_dead_letters_open",
        "Dead letters that nobody dealt with.",
        ((queue, backlog.dead.value) for queue, backlog in found.items()),
    )


def _presence(names: list[str], now: Presence) -> Iterator[Metric]:
    yield GaugeMetricFamily("millrace_redis_up", "Whether Redis answers.", value=float(now.reachable))
    workers = len(now.roll.live) if now.roll else 0
    yield GaugeMetricFamily("millrace_workers", "Workers that live.", value=workers)
    slots = ((name, float(now.slots(name))) for name in names)
    yield _gauge("millrace_queue_slots", "Jobs that live workers can run at once.", slots)
    led = ((name, float(name in now.led)) for name in names)
    yield _gauge("millrace_queue_led", "Whether a dispatcher leads the queue.", led)
    deaf = ((name, float(now.deaf(name))) for name in names)
    yield _gauge("millrace_queue_deaf_workers", "Workers that live and receive nothing.", deaf)


def _signals(names: list[str]) -> Iterator[Metric]:
    found = signals(names)
    runnable = ((name, float(signal.runnable)) for name, signal in found.items())
    yield _gauge("millrace_queue_runnable_jobs", "Jobs that one more free slot would start now.", runnable)
    slots = ((name, float(signal.slots)) for name, signal in found.items())
    yield _gauge("millrace_queue_wanted_slots", "Slots that are worth having now.", slots)


def _objectives(names: list[str], hour: Sequence[Row]) -> Iterator[Metric]:
    found = by_queue(hour)
    rates = ((name, burning(name, found.get(name, Numbers()))) for name in names)
    yield _gauge(
        "millrace_queue_burn_rate", "How fast the allowance for late starts is used up, over an hour.", rates
    )
    yield _gauge(
        "millrace_schedule_overdue_seconds",
        "How long the next tick has been due, with no beat to deal with it.",
        overdue().items(),
        label="schedule",
    )


def _states(names: list[str]) -> Iterator[Metric]:
    paused = ((name, float(limits.paused)) for name, limits in limits_of(names).items())
    yield _gauge("millrace_queue_paused", "Whether an operator paused the queue.", paused)
    behind = lags(names)
    events = ((name, float(lag.events)) for name, lag in behind.items())
    yield _gauge("millrace_dispatcher_lag_events", "Events that are not in the rows yet.", events)
    seconds = ((name, lag.seconds) for name, lag in behind.items())
    yield _gauge("millrace_dispatcher_lag_seconds", "Age of the oldest of them.", seconds)
    slow = slow_runs(names)
    stuck = ((name, float(found.stuck)) for name, found in slow.items())
    yield _gauge("millrace_queue_stuck_jobs", "Runs that tell no progress.", stuck)
    late = ((name, float(found.late)) for name, found in slow.items())
    yield _gauge("millrace_queue_late_jobs", "Runs far beyond their task's p99.", late)
    shut = ((breaker.name, float(str(breaker.phase) != "closed")) for breaker in breakers_or_none())
    yield _gauge("millrace_breaker_open", "Whether a breaker holds jobs back.", shut, label="breaker")
    firing = GaugeMetricFamily("millrace_alert_firing", "Alerts that fire.", labels=("rule", "subject"))
    for rule, subject in Alert.objects.filter(state="firing").values_list("rule", "subject"):
        firing.add_metric((rule, subject), 1)
    yield firing
