"""`manage.py pnl`: profit and loss of a trade history in a CSV file; needs no database."""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter

from analysis.management.commands._pnl_tables import print_reports
from analysis.services.pnl.as_json import reports_as_json
from analysis.services.pnl.csv_cells import CellError, read_amount
from analysis.services.pnl.csv_file import HistoryError, parse_csv
from analysis.services.pnl.entries import Entry
from analysis.services.pnl.lots import Method
from analysis.services.pnl.report import calculate

USER_MISTAKE = 2
MOST_FAULTS_SHOWN = 50
EXAMPLE = """\
example:
  $ cat trades.csv
  time,kind,asset,quantity,unit_price,fee,fee_asset
  2024-01-05T10:00:00Z,buy,BTC,1,40000,20,USD
  2024-02-05T10:00:00Z,buy,BTC,1,50000,20,USD
  2024-03-05T10:00:00Z,sell,BTC,1.5,60000,30,USD
  $ python manage.py pnl trades.csv --method fifo,hifo --price BTC=65000
  $ python manage.py pnl - --method average --json < trades.csv

kind is buy, sell, income or transfer (between own wallets: no gain, only its fee counts).
An empty fee_asset means the quote currency. The rules: docs/explanation/profit-and-loss.md
"""


class _Formatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Django's order of options, with the example's lines kept."""


class Command(BaseCommand):
    """See module."""

    help = "Profit and loss of a trade history (CSV), by FIFO, LIFO, HIFO and average cost."
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's parser with the example below the options."""
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=_Formatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """See BaseCommand."""
        parser.add_argument("file", metavar="FILE.csv", help='the trade history; "-" reads standard input')
        parser.add_argument(
            "--method",
            default="fifo",
            type=_methods,
            help="one or several of fifo, lifo, hifo, average, with commas; default: fifo",
        )
        parser.add_argument("--json", action="store_true", help="exact totals and every lot match, as JSON")
        parser.add_argument(
            "--quote",
            help="the currency of the money; default: the one currency among the fees that is not traded",
        )
        parser.add_argument(
            "--price",
            action="append",
            default=[],
            type=_price,
            metavar="ASSET=PRICE",
            help="current price, to value open lots; repeat for more assets",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """See BaseCommand."""
        entries = _entries(options["file"], options["quote"])
        methods = options["method"] if isinstance(options["method"], list) else _methods(options["method"])
        prices = dict(options["price"]) or None
        reports = [calculate(entries, method, prices) for method in methods]
        if options["json"]:
            self.stdout.write(json.dumps(reports_as_json(reports), indent=2))
        else:
            # Django wraps the stream in a class that behaves like one without being declared as one.
            print_reports(reports, cast(TextIO, self.stdout), valued=bool(prices))


def _methods(text: str) -> list[Method]:
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",")))
    known = [method.value for method in Method]
    if unknown := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(f'"{", ".join(unknown)}" is not one of {", ".join(known)}')
    return [Method(name) for name in names]


def _price(text: str) -> tuple[str, Decimal]:
    asset, _, price = text.rpartition("=")
    if not asset:
        raise argparse.ArgumentTypeError(f'"{text}" is not of the form ASSET=PRICE, such as BTC=65000')
    try:
        return asset, read_amount(price)
    except CellError as error:
        raise argparse.ArgumentTypeError(f"the price of {asset} {error}") from error


def _entries(name: str, quote: str | None) -> list[Entry]:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {name}: {error.strerror}", returncode=USER_MISTAKE) from error
    try:
        return parse_csv(data, quote)
    except HistoryError as error:
        shown = [f"  {fault}" for fault in error.faults[:MOST_FAULTS_SHOWN]]
        if hidden := len(error.faults) - len(shown):
            shown.append(f"  and {hidden} more")
        count = len(error.faults)
        heading = f"{name} has {count} fault{'s' if count > 1 else ''}:"
        raise CommandError("\n".join([heading, *shown]), returncode=USER_MISTAKE) from error
