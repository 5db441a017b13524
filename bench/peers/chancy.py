"""Chancy on PostgreSQL, its executor on the event loop."""

import asyncio
import os

import psycopg
from chancy import Chancy, Queue, Worker, job

from bench.noop import record
from bench.peers.interface import Peer

app = Chancy(os.environ["DATABASE_URL"])


@job(queue="bench")
async def noop(value: float) -> None:
    """The job."""
    record(value)


async def _prepare() -> None:
    async with app:
        await app.migrate()
        await app.declare(Queue("bench", concurrency=100, executor=Chancy.Executor.Async, eager_polling=True))


async def _work() -> None:
    async with app, Worker(app) as worker:
        await worker.wait_for_shutdown()


def _stored() -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM chancy_jobs WHERE state = 'succeeded'").fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    Peer(
        one=lambda value: app.sync_push(noop.job.with_kwargs(value=value)),
        many=lambda values: list(app.sync_push_many([noop.job.with_kwargs(value=value) for value in values])),
        stored=_stored,
        prepare=lambda: asyncio.run(_prepare()),
        work=lambda: asyncio.run(_work()),
    ).answer()
