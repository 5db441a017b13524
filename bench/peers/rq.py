"""RQ, results kept as it comes. `BENCH_SIMPLE=1` runs jobs in the worker's own process."""

import os

from redis import Redis
from rq import Queue, SimpleWorker, Worker
from rq.registry import FinishedJobRegistry
from rq.worker_pool import WorkerPool

from bench.noop import record
from bench.peers.interface import Peer

connection = Redis.from_url(os.environ["REDIS_URL"])
queue = Queue(connection=connection)
_KIND = SimpleWorker if os.environ.get("BENCH_SIMPLE") == "1" else Worker


def _work() -> None:
    pool = WorkerPool([queue], connection=connection, num_workers=2, worker_class=_KIND)
    pool.start(logging_level="WARNING")


if __name__ == "__main__":
    Peer(
        one=lambda value: queue.enqueue(record, value),
        many=lambda values: queue.enqueue_many([Queue.prepare_data(record, (value,)) for value in values]),
        stored=lambda: len(FinishedJobRegistry(queue=queue)),
        work=_work,
    ).answer()
