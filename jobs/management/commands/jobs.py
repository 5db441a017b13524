"""`manage.py jobs`: enqueue, watch and move single jobs."""

from jobs.cli.cancelling import CANCEL
from jobs.cli.changing import SET
from jobs.cli.chaos import CHAOS
from jobs.cli.checking import CHECK
from jobs.cli.command import ActionCommand
from jobs.cli.doctoring import DOCTOR
from jobs.cli.enqueueing import ENQUEUE
from jobs.cli.explaining import EXPLAIN
from jobs.cli.listing import LIST, SHOW
from jobs.cli.moving import PROMOTE, RETRY
from jobs.cli.pruning import PRUNE
from jobs.cli.simulating import SIMULATE
from jobs.cli.tailing import TAIL


class Command(ActionCommand):
    """Jobs, one by one."""

    help = (
        "Enqueue, list, show, explain, cancel, retry, promote, set, follow, prune, check and repair jobs; "
        "torment and simulate them."
    )
    actions = (
        ENQUEUE, LIST, SHOW, EXPLAIN, CANCEL, RETRY, PROMOTE, SET, TAIL, PRUNE, CHECK, DOCTOR, SIMULATE, CHAOS,
    )  # fmt: skip
