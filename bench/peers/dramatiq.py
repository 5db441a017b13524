"""Dramatiq on Redis."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from bench.noop import record
from bench.peers.interface import Peer

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))


@dramatiq.actor
def noop(value: float) -> None:
    """The job."""
    record(value)


if __name__ == "__main__":
    Peer(one=noop.send).answer()
