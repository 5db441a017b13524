"""Celery alone: its own broker settings, results ignored. `BENCH_ACK=0` switches ack emulation off."""

import os

from celery import Celery

from bench.noop import record
from bench.peers.interface import Peer

app = Celery("bare", broker=os.environ.get("REDIS_URL"))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
if os.environ.get("BENCH_ACK") == "0":
    app.conf.broker_transport_options = {"ack_emulation": False}


@app.task(name="bench.noop")
def noop(value: float) -> None:
    """The job."""
    record(value)


if __name__ == "__main__":
    Peer(one=noop.delay).answer()
