"""PgQueuer on PostgreSQL, jobs claimed in hundreds."""

import asyncio
import os
import struct
from collections.abc import Sequence

import asyncpg
from pgqueuer import AsyncpgDriver, Job, PgQueuer, Queries

from bench.noop import record
from bench.peers.interface import Peer

loop = asyncio.new_event_loop()
connection = loop.run_until_complete(asyncpg.connect(os.environ["DATABASE_URL"]))
queries = Queries(AsyncpgDriver(connection))


def _many(values: Sequence[float]) -> None:
    count = len(values)
    payloads: list[bytes | None] = [struct.pack("d", value) for value in values]
    loop.run_until_complete(queries.enqueue(["noop"] * count, payloads, [0] * count))


def _stored() -> int:
    done = "SELECT count(*) FROM pgqueuer_log WHERE status = 'successful'"
    return int(loop.run_until_complete(connection.fetchval(done)))


def _work() -> None:
    worker = PgQueuer(AsyncpgDriver(connection))

    @worker.entrypoint("noop")
    async def noop(job: Job) -> None:
        record(struct.unpack("d", job.payload or b"")[0])

    loop.run_until_complete(worker.run(batch_size=100))


if __name__ == "__main__":
    Peer(
        one=lambda value: loop.run_until_complete(queries.enqueue("noop", struct.pack("d", value))),
        many=_many,
        stored=_stored,
        prepare=lambda: loop.run_until_complete(queries.install()),
        work=_work,
    ).answer()
