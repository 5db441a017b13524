"""A worker that is connected but receives nothing heals itself."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from jobs.fence.connection import client
from jobs.fence.roll import Worker, call_roll
from jobs.localservices.launcher import Launcher
from tests.black_hole import Proxy
from tests.processes import Platform
from tests.sample_tasks import mark
from tests.waiting import wait_until


@pytest.fixture
def proxy(services: Launcher) -> Iterator[Proxy]:
    """Stands between a worker and Valkey."""
    proxy = Proxy(services.valkey.port)
    yield proxy
    proxy.close()


def _through(proxy: Proxy) -> str:
    """Valkey's address by way of the proxy."""
    address = urlsplit(str(settings.REDIS_URL))
    url = str(settings.REDIS_URL)
    return url.replace(f":{address.port}", f":{proxy.port}")


def the_worker() -> Worker:
    """The only one."""
    (worker,) = call_roll(client()).live.values()
    return worker


def test_an_idle_worker_proves_that_it_consumes(platform: Platform) -> None:
    platform.worker("w1", "quick", 1, JOBS_PROOF_EVERY="1")

    proven = wait_until(lambda: (the_worker().proven_ago or 9) < 1 and the_worker(), 30, "a proof")

    assert proven is not False
    assert (proven.deaf, proven.queues) == (False, ("quick",))


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_deaf_worker_connects_again_and_runs_jobs(platform: Platform, proxy: Proxy, pool: str) -> None:
    platform.dispatcher()
    worker = platform.worker("w1", "quick", 1, "-P", pool, JOBS_PROOF_EVERY="1", REDIS_URL=_through(proxy))
    assert mark.delay("before").get(timeout=30) == "before"

    proxy.silence()

    assert mark.delay("after").get(timeout=60) == "after"
    assert "the consumer is deaf: connecting again" in worker.log.read_text()
    assert worker.popen.poll() is None
    wait_until(lambda: not the_worker().deaf, 30, "the proof")


def test_a_worker_that_stays_deaf_exits_for_its_supervisor(platform: Platform, proxy: Proxy) -> None:
    platform.dispatcher()
    worker = platform.worker("w1", "quick", 1, JOBS_PROOF_EVERY="1", REDIS_URL=_through(proxy))
    assert mark.delay("before").get(timeout=30) == "before"

    proxy.swallow(b"BRPOP")

    wait_until(lambda: call_roll(client()).deaf("quick") == 1, 30, "the silence")
    assert call_roll(client()).slots("quick") == 0
    assert worker.popen.wait(timeout=80) == 1
    assert "the consumer is still deaf: this worker stops" in worker.log.read_text()
