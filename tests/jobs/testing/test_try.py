import pytest
from django.db import transaction
from jobs import testing
from jobs.models import Job, Attempt
from tests.sample_tasks import add, fail, fail_until, noop
from celery import chain, chord, group
pytestmark = pytest.mark.django_db

def test_a():
    with testing.inline() as jobs:
        r = add.delay(1, 2)
        assert r.get(timeout=1) == 3
        with transaction.atomic():
            s = add.delay(2, 2)
            assert Job.objects.get(uid=s.id).state == "waiting"
        assert s.result == 4
        f = fail_until.delay(3)
        assert f.result == 3
        assert jobs.elapsed.total_seconds() > 0
        c = chain(add.s(1, 1), add.s(5)).apply_async()
        assert c.get(timeout=1) == 7
        d = chord([add.s(1, 1), add.s(5, 5)])(noop.s())
        assert d.get(timeout=1) == [2, 10]

def test_b():
    with pytest.raises(testing.JobFailed):
        with testing.inline() as jobs:
            fail.delay()
    assert Attempt.objects.count() == 3
