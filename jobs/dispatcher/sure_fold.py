"""Folding that no event can stop: one that PostgreSQL refuses ends its job, and the rest of its batch is kept."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import DatabaseError, InterfaceError, OperationalError

from jobs.dispatcher.fold import Folded, fold
from jobs.fence.events import Event

logger = logging.getLogger(__name__)

# What an event may raise that no worker of ours wrote; it must never stop the fold.
_REFUSALS = (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError)


def fold_surely(events: Sequence[Event]) -> Folded:
    """Fold a batch. When PostgreSQL refuses it, fold event by event: an outcome that cannot be stored
    fails its job with that reason, so that it ends all the same."""
    try:
        return fold(events)
    except (OperationalError, InterfaceError):
        raise
    except _REFUSALS:
        logger.exception("a batch of %d events was refused; folding them one by one", len(events))
    folded = Folded()
    for event in events:
        one = _fold_one(event)
        folded.moved += one.moved
        folded.unblocked |= one.unblocked
        folded.hasty += one.hasty
    return folded


def _fold_one(event: Event) -> Folded:
    try:
        return fold([event])
    except (OperationalError, InterfaceError):
        raise
    except _REFUSALS as error:
        logger.exception(
            "the event %s of job %s in %s cannot be stored", event.cursor, event.uid, event.queue
        )
        return _fold_as_failed(event, type(error).__name__) if event.is_outcome else Folded()


def _fold_as_failed(event: Event, error: str) -> Folded:
    reason = f"its outcome cannot be stored: {error}"
    try:
        return fold([replace(event, kind="failed", data={"type": error, "reason": reason})])
    except (OperationalError, InterfaceError):
        raise
    except _REFUSALS:
        logger.exception("job %s is left to the rescue", event.uid)
        return Folded()
