"""`manage.py sandbox`: the outside world on loopback."""

import asyncio
import os
import resource
import signal
import socket
from argparse import RawDescriptionHelpFormatter
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox.evm.service import INTERVAL, EvmService
from sandbox.exchange.exchange import open_exchange
from sandbox.faults import BadFaultsError, Faults, faults_from_text
from sandbox.market.live import LiveMarket
from sandbox.server import build_app
from sandbox.solana.chain import Chain, WrongStateError, open_chain
from sandbox.solana.store import StateInUseError

DEFAULT_PORT = 18899
EXAMPLE = """example:
  manage.py sandbox --port 18899 --faults 429=0.1,500=0.05,latency=200ms,timeout=0.01
  curl -X PUT -d '{"429": 0.2}' http://127.0.0.1:18899/sandbox/faults
"""


class Command(BaseCommand):
    """Serves the local Solana chain and what is said about it until it is stopped."""

    help = (
        "Serve the outside world on loopback: a Solana node, an EVM node, Helius, DexScreener, CoinGecko, "
        "a spot exchange, and what people say."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own attribute; the sandbox needs no checks

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The usual parser, with an example below the options."""
        layout = {"epilog": EXAMPLE, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **{**layout, **kwargs})

    def add_arguments(self, parser: CommandParser) -> None:
        """The command's options."""
        port = os.environ.get("SANDBOX_PORT", str(DEFAULT_PORT))
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument(
            "--port", default=port, help=f"port (SANDBOX_PORT or {DEFAULT_PORT}); 0 takes a free one"
        )
        parser.add_argument(
            "--state", default=".millrace/sandbox", help="folder that keeps the chain (%(default)s)"
        )
        parser.add_argument("--seed", type=int, help="seed of the world, for a new folder (1)")
        parser.add_argument(
            "--anchor", type=date.fromisoformat, help="day the seeded history ends, for a new folder (today)"
        )
        parser.add_argument(
            "--block-time", type=float, default=INTERVAL, help="seconds between EVM blocks (%(default)s)"
        )
        parser.add_argument(
            "--faults", default="", help="faults from the start, such as 429=0.1,latency=200ms"
        )
        parser.add_argument(
            "--live",
            type=float,
            default=0.0,
            metavar="SECONDS",
            help="let the market go on, a trade every so many seconds (0: it stands still)",
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Open the chain and serve it."""
        try:
            faults = faults_from_text(options["faults"])
        except BadFaultsError as error:
            raise CommandError(f"--faults: {error}") from None
        with _listening(options["host"], options["port"]) as listener:
            self._serve(listener, faults, options)

    def _serve(self, listener: socket.socket, faults: Faults, options: dict[str, Any]) -> None:
        self.stdout.write(f"opening the chain in {options['state']} (the first time takes some seconds)")
        self.stdout.flush()
        try:
            chain = open_chain(Path(options["state"]), options["seed"], options["anchor"])
        except (WrongStateError, StateInUseError) as error:
            raise CommandError(str(error)) from None
        evm = EvmService(Path(options["state"]) / "evm", chain.directory.seed, options["block_time"]).start()
        try:
            seeded = f", seeded in {chain.seeded_in:.1f} s" if chain.seeded_in else ""
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            summary = f"{chain.node.history.count} transactions{seeded}, {memory} MB"
            exchange = open_exchange(Path(options["state"]), chain.directory.seed, chain.anchor)
            app = build_app(chain, faults, Path(options["state"]), evm, exchange)
            settings = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
            for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn stops by them, then raises them again
                signal.signal(number, lambda *_: None)
            live = _going_on(chain, options["live"]) if options["live"] > 0 else None
            _Server(settings, self, summary, live).run(sockets=[listener])
        finally:
            evm.close()
            chain.close()


class _Server(uvicorn.Server):
    """Says its address once it accepts connections."""

    def __init__(
        self, config: uvicorn.Config, command: Command, summary: str, live: LiveMarket | None
    ) -> None:
        super().__init__(config)
        self._command = command
        self._summary = summary
        self._live = live
        self._trading: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then tell."""
        await super().startup(sockets)
        if self._live is not None:
            self._trading = asyncio.create_task(self._live.run())
        host, port = (sockets or [])[0].getsockname()[:2]
        self._command.stdout.write(f"sandbox ready at http://{host}:{port} ({self._summary})")
        self._command.stdout.flush()


def _going_on(chain: Chain, every: float) -> LiveMarket:
    """The market, with what it would have done while nobody ran it."""
    live = LiveMarket(chain, every)
    live.make_up()
    return live


def _listening(host: str, port: str) -> socket.socket:
    """A bound socket; a taken or wrong port is told before anything is opened."""
    if not str(port).isdigit() or int(port) > 65535:
        raise CommandError(f"the port is a number from 0 to 65535, not '{port}'")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise CommandError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listener
