"""What a cleared queue leaves behind for those that wait for its jobs."""

import pytest
from celery import chain, chord, current_app, states

from jobs import control
from jobs.dispatcher.follow import Follower
from jobs.models import Chord, Continuation
from tests.sample_tasks import noop

pytestmark = pytest.mark.django_db


def test_who_waits_for_a_cleared_job_hears_that_it_was_revoked() -> None:
    result = noop.delay()
    control.clear("quick", "tests", "too old")
    assert (result.state, str(result.result)) == (states.REVOKED, "too old")


def test_the_rest_of_a_chain_and_the_body_of_a_chord_end_with_it() -> None:
    last = chain(noop.si(1), noop.si(2)).delay()
    body = chord([noop.si(1), noop.si(2)], noop.s()).delay()
    assert control.clear("quick", "tests") == 3
    while Follower(current_app).follow():
        pass
    assert last.state == states.REVOKED
    assert body.state == states.FAILURE
    assert not Chord.objects.exists()
    assert not Continuation.objects.exists()
