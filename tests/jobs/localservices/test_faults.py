"""PostgreSQL and Valkey come back after SIGKILL: same port, same data."""

import psycopg
import pytest
import redis

from jobs.localservices.launcher import Launcher


def test_valkey_keeps_what_had_reached_its_log_before_it_was_killed(services: Launcher) -> None:
    before = services.valkey.url
    client = redis.Redis.from_url(before)
    client.set("kept", "value")
    assert client.waitaof(1, 0, 5000) == [1, 0]

    services.valkey.kill()
    with pytest.raises(redis.ConnectionError):
        client.get("kept")
    services.valkey.start()

    assert services.valkey.url == before
    assert client.get("kept") == b"value"
    client.delete("kept")


def test_postgres_keeps_what_was_committed_before_it_was_killed(services: Launcher) -> None:
    before = services.postgres.url
    with psycopg.connect(before, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")

    services.postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(before, connect_timeout=2)
    services.postgres.start()

    assert services.postgres.url == before
    with psycopg.connect(before, autocommit=True) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchall() == [(7,)]
        connection.execute("DROP TABLE kept")
