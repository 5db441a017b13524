"""Huey on Redis, results not kept."""

import os

from huey import RedisHuey

from bench.noop import record
from bench.peers.interface import Peer

app = RedisHuey("bench", url=os.environ["REDIS_URL"], results=False)
noop = app.task()(record)


if __name__ == "__main__":
    Peer(one=noop).answer()
