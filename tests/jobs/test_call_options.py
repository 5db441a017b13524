"""Options of a call: what is misspelt is refused, what Celery takes passes."""

import inspect
from typing import Any

import pytest
from celery import Celery, Task
from celery.app import amqp
from kombu.messaging import Producer

from jobs.call_options import CELERYS, OWN
from jobs.errors import OptionRefused
from jobs.models import Job
from tests import sample_tasks

tasks: Any = sample_tasks


def test_a_misspelt_option_is_refused_with_a_suggestion_and_nothing_stored(db: None) -> None:
    with pytest.raises(OptionRefused, match="priorty: no such option; did you mean 'priority'"):
        tasks.noop.using(priorty=9)
    with pytest.raises(OptionRefused, match="did you mean 'countdown'"):
        tasks.noop.apply_async(countdwn=5)
    with pytest.raises(OptionRefused, match="did you mean 'tags'"):
        tasks.noop.enqueue_many([{"value": 1}], tag=["a"])
    assert not Job.objects.exists()


def test_a_name_that_nobody_reads_is_refused_by_using_and_travels_with_celerys_call(db: None) -> None:
    with pytest.raises(OptionRefused, match=r"zebra: no such option$"):
        tasks.noop.using(zebra=1)
    tasks.noop.apply_async((1,), zebra=1)
    assert Job.objects.count() == 1


def test_stamps_may_have_any_name(db: None) -> None:
    tasks.noop.apply_async((1,), stamped_headers=["priorty"], priorty="x")
    assert Job.objects.count() == 1


def test_every_option_that_celery_names_is_known() -> None:
    named = set()
    for function in (Task.apply_async, Celery.send_task, Producer.publish):
        named |= {name for name, parameter in inspect.signature(function).parameters.items()
                  if parameter.kind is not parameter.VAR_KEYWORD}  # fmt: skip
    sender = amqp.AMQP._create_task_sender
    named |= {"exchange_type", "event_dispatcher"} & set(inspect.getsource(sender).replace("=", " ").split())
    payload = {"self", "args", "kwargs", "name", "body", "options"}
    assert named - payload <= OWN | CELERYS
    assert not OWN & CELERYS


def test_every_option_that_celery_takes_is_taken(db: None) -> None:
    tasks.noop.using(**dict.fromkeys(CELERYS - {"stamped_headers"}))
    tasks.noop.apply_async((1,), retry=True, serializer="json", routing_key="x", exchange="", delivery_mode=2)
    assert Job.objects.count() == 1
