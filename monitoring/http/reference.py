"""The metrics as a page of Markdown, out of the exposition itself: docs/reference/metrics.md."""

from prometheus_client.core import SummaryMetricFamily
from prometheus_client.metrics_core import Metric

from monitoring.http.exposition import registry

_HEAD = """# Metrics

Every metric of `/metrics`, as `manage.py metrics_reference` writes it from the code; a test holds this page against the
code. They are read from PostgreSQL and Redis at the time of the scrape, so any web process gives the same answer
([how to scrape it](../how-to/monitor-with-prometheus.md)).

| metric | kind | labels | is |
|---|---|---|---|
"""


def reference() -> str:
    """The page; asks the database for the families, not for their values."""
    return _HEAD + "".join(_row(family) for family in sorted(registry().collect(), key=lambda one: one.name))


def _row(family: Metric) -> str:
    names = family.name + ("_total" if family.type == "counter" else "")
    labels = list(getattr(family, "_labelnames", ()))  # told nowhere else while there is no sample
    if isinstance(family, SummaryMetricFamily):
        names += "`, `_sum`, `_count"
        labels.append("quantile")
    return f"| `{names}` | {family.type} | {' '.join(f'`{label}`' for label in labels)} | {family.documentation} |\n"
