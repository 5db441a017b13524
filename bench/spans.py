"""`python -m bench.spans`: what a trace adds to a job, alone: to its enqueue and to its run, sampled and not.

CPU of this process in microseconds per job, with the sending of what is sampled; the lower quartile of many rounds,
so that it can be measured on a busy machine. As in a worker, the heap is frozen. A collector that throws everything
away runs in a process of its own.
"""

import argparse
import gc
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import quantiles

from bench.observed import Collector

_JOBS = 500  # in a round
_SHARES = {"not sampled": "0", "sampled and sent": "1"}


def main(rounds: int) -> None:
    """Measure and print."""
    with _collector() as address:
        os.environ |= {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        import django

        django.setup()
        gc.collect()
        gc.freeze()
        costs: defaultdict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            for words, share in _SHARES.items():
                _round(costs, words, share)
    for name, found in sorted(costs.items()):
        print(f"{name}: {quantiles(found, n=4)[0]:.1f} us of CPU per job")


def _round(costs: Mapping[str, list[float]], words: str, share: str) -> None:
    from bench.tasks import noop
    from jobs import tracing
    from jobs.fence.leases import Ticket
    from jobs.ids import new_id
    from jobs.trace_sdk import sdk
    from jobs.worker.messages import Passport
    from jobs.worker.task import open_run

    os.environ |= {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": share}
    sdk.cache_clear()
    run = open_run(noop, new_id(), Passport("bench", Ticket.issue(1), 0, 0, {}, ""))
    headers: list[Mapping[str, str]] = [{}]

    def enqueue() -> None:
        with tracing.enqueuing(noop.name, {}) as headers[0]:
            pass

    def work() -> None:
        with tracing.running(run, headers[0]):
            pass

    for name, what in (("enqueue", enqueue), ("run", work)):
        what()  # makes the provider
        costs[f"{name}, {words}"].append(_cost(what, tracing.flush))


def _cost(what: Callable[[], None], flush: Callable[[], None]) -> float:
    before = time.process_time()
    for _ in range(_JOBS):
        what()
    flush()
    return (time.process_time() - before) / _JOBS * 1e6


@contextmanager
def _collector() -> Iterator[str]:
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_collect, args=(far,), daemon=True)
    process.start()
    try:
        yield near.recv()
    finally:
        process.terminate()


def _collect(parent: Connection) -> None:
    server = Collector()
    parent.send(server.address)
    server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.spans", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    main(parser.parse_args().rounds)
