"""`manage.py jobs`: enqueue, watch and move single jobs."""

from jobs.cli.changing import SET
from jobs.cli.checking import CHECK
from jobs.cli.command import ActionCommand
from jobs.cli.enqueueing import ENQUEUE
from jobs.cli.listing import LIST, SHOW
from jobs.cli.moving import CANCEL, PROMOTE, RETRY
from jobs.cli.pruning import PRUNE
from jobs.cli.tailing import TAIL


class Command(ActionCommand):
    """Jobs, one by one."""

    help = "Enqueue, list, show, cancel, retry, promote, follow, prune and check jobs."
    actions = (ENQUEUE, LIST, SHOW, CANCEL, RETRY, PROMOTE, SET, TAIL, PRUNE, CHECK)
