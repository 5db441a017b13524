"""Procrastinate on PostgreSQL."""

import os

import psycopg
from procrastinate import App, PsycopgConnector

from bench.noop import record
from bench.peers.interface import Peer

app = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


@app.task(name="noop")
def noop(value: float) -> None:
    """The job."""
    record(value)


def _stored() -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'"
        ).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    with app.open():
        Peer(
            one=lambda value: noop.defer(value=value),
            many=lambda values: noop.batch_defer(*({"value": value} for value in values)),
            stored=_stored,
            prepare=app.schema_manager.apply_schema,
            work=lambda: app.run_worker(concurrency=10),
        ).answer()
