"""The health report: every five minutes, one line per queue that needs attention."""

import logging
from dataclasses import asdict
from typing import Any

from celery import shared_task

from jobs import log
from jobs.queries.overview import overview

logger = logging.getLogger(__name__)


@shared_task(time_limit=60, stale_after=120)
def report_health() -> dict[str, Any]:
    """Every queue's problems with what to do about them; none means that all is well."""
    now = overview()
    for queue in now.troubled:
        for problem in queue.problems:
            logger.warning("%s: %s %s", queue.name, problem.sentence, problem.advice)
            log(f"{queue.name}: {problem.sentence}", level="warning", advice=problem.advice)
    return {
        "headline": now.headline,
        "queues": {queue.name: [asdict(problem) for problem in queue.problems] for queue in now.troubled},
    }
