"""What may happen to Redis, with jobs in flight: each completes once, and nobody touches anything."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery.result import AsyncResult
from django.conf import settings

from jobs.fence.connection import client
from jobs.localservices.launcher import Launcher
from jobs.models import Attempt
from tests.black_hole import Proxy
from tests.jobs.faults.history import assert_each_completed_once, executions, wait_for_all, wait_for_done
from tests.processes import Platform, Process
from tests.sample_tasks import mark
from tests.waiting import wait_until


def _through(name: str, fault: Callable[[], Any], jobs: int = 30) -> None:
    """Jobs in flight when the fault comes, and jobs that are enqueued before it is over."""
    results: Sequence[AsyncResult] = mark.enqueue_many(
        [{"name": f"{name} {n}", "seconds": 0.03} for n in range(jobs)]
    )
    wait_for_done(results, 5)
    fault()
    later = mark.enqueue_many([{"name": f"after {name}"}])
    wait_for_all([*results, *later], 60)
    assert_each_completed_once([*results, *later])


def _refusing(dispatcher: Process, words: str, begin: Callable[[], Any], end: Callable[[], Any]) -> None:
    """Redis takes no writes until the dispatcher has said so, and something was enqueued meanwhile."""
    begin()
    mark.delay("meanwhile")
    wait_until(lambda: words in dispatcher.log.read_text(), 15, "the refusal")
    end()


def test_scripts_connections_or_writes_are_lost_or_all_that_it_knew(
    platform: Platform, services: Launcher
) -> None:
    redis: Any = client()
    dispatcher, worker = platform.dispatcher(), platform.worker()
    cut = ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    _through("script flush", redis.script_flush)
    _through("client kill", lambda: redis.execute_command(*cut))
    redis.execute_command(*cut)  # while everybody waits in a blocking command
    _through("read only", lambda: _refusing(
        dispatcher, "read only replica", lambda: redis.replicaof("127.0.0.1", 1), lambda: redis.replicaof("NO", "ONE")
    ))  # fmt: skip
    _through("full", lambda: _refusing(
        dispatcher, "used memory > 'maxmemory'",
        lambda: redis.config_set("maxmemory", 1), lambda: redis.config_set("maxmemory", 0),
    ))  # fmt: skip
    assert max(executions()[name] for name in executions() if name != "meanwhile") == 1
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"completed"}
    _through("killed without its append-only file", lambda: _restart_empty(services))
    assert worker.popen.poll() is dispatcher.popen.poll() is None


def _restart_empty(services: Launcher) -> None:
    services.valkey.kill()
    shutil.rmtree(services.valkey.data / "appendonlydir")
    services.valkey.start()


@contextmanager
def _proxy(port: int) -> Iterator[Proxy]:
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()


@pytest.fixture
def proxies(services: Launcher) -> Iterator[tuple[Proxy, Proxy]]:
    """One between the dispatcher and Valkey, one between a worker and Valkey."""
    with _proxy(services.valkey.port) as first, _proxy(services.valkey.port) as second:
        yield first, second


def test_the_way_to_it_is_slow_or_ends_in_a_black_hole(
    platform: Platform, proxies: tuple[Proxy, Proxy]
) -> None:
    url = str(settings.REDIS_URL)
    ports = [url.replace(f":{urlsplit(url).port}", f":{proxy.port}") for proxy in proxies]
    dispatcher = platform.dispatcher(REDIS_URL=ports[0])
    platform.worker("w1", "quick", 2, REDIS_URL=ports[1])

    _through("the dispatcher's black hole", proxies[0].silence, 10)
    assert "waiting 0.1 s: " in dispatcher.log.read_text()
    for proxy in proxies:
        proxy.slow_down(0.0, 0.05)
    _through("latency and jitter", lambda: None, 15)

    assert max(executions().values()) == 1
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"completed"}
