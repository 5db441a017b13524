"""Which tasks people mean by a name."""

from jobs.models import Metric
from jobs.names import registered_tasks, short_name


def full_names(name: str) -> tuple[str, ...]:
    """The full names of the tasks meant by a name with or without its module, to be looked for one by one.

    Those that this build knows, and those of other builds, as the counters have seen their jobs. A name that
    none of them has stands for itself.
    """
    counted = Metric.objects.filter(period="total").exclude(task="").values_list("task", flat=True)
    known = {*registered_tasks(), *counted}
    return tuple(sorted(one for one in known if name in {one, short_name(one)})) or (name,)
