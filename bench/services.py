"""The servers of a measurement: PostgreSQL with fsync, as in production, and Valkey; thrown away afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg.sql import SQL, Identifier

from bench.environments import ROOT
from jobs.localservices.children import interrupted_once
from jobs.localservices.launcher import Launcher
from jobs.localservices.throwaway import throwaway

FOLDER = ROOT / ".millrace" / "bench"


@contextmanager
def services() -> Iterator[Launcher]:
    """They run while this is open, also when the program is ended politely."""
    with interrupted_once(), throwaway(FOLDER, durable=True) as launcher:
        launcher.up()
        yield launcher


def environment(launcher: Launcher) -> dict[str, str]:
    """Their addresses, for processes."""
    addresses = launcher.addresses()
    return {"DATABASE_URL": addresses.database_url, "REDIS_URL": addresses.redis_url}


def emptied(launcher: Launcher) -> None:
    """As new: nothing in Redis, an empty database, no dirty pages left from whoever was measured before."""
    addresses = launcher.addresses()
    redis.Redis.from_url(addresses.redis_url).flushall()
    url = urlsplit(addresses.database_url)
    name = Identifier(url.path.strip("/"))
    with psycopg.connect(urlunsplit(url._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(SQL("CREATE DATABASE {}").format(name))
        connection.execute("CHECKPOINT")


def server_ids(launcher: Launcher) -> list[int]:
    """Their process ids."""
    return [server.pid for server in (launcher.postgres, launcher.valkey) if server.pid]


@contextmanager
def this_project(settings: str = "bench.settings") -> Iterator[Launcher]:
    """The servers, and Django in this process and its children set up on them."""
    with services() as launcher:
        os.environ |= {
            **environment(launcher),
            "DJANGO_SETTINGS_MODULE": settings,
            "BENCH_RECORDS": os.devnull,
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield launcher
