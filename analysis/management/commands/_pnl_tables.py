"""The `pnl` command's report for people: tables in a terminal, the same as plain text elsewhere."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from analysis.services.pnl.exact import plain
from analysis.services.pnl.report import Report
from analysis.services.pnl.sums import Money, Valuation

_DISPLAY = Context(prec=100, rounding=ROUND_HALF_EVEN)
_PLAIN_WIDTH = 160
_SUMS = (
    ("proceeds", "Proceeds"),
    ("cost_basis", "Cost basis"),
    ("gain", "Gain"),
    ("income", "Income"),
    ("transfer_fees", "Transfer fees"),
    ("net", "Net"),
    ("fees", "All fees (included above)"),
    ("missing_proceeds", "Proceeds without basis"),
    ("open_cost", "Cost of open lots"),
)
_VALUES = (("market_value", "Value of open lots"), ("unrealised", "Unrealised"))


def print_reports(reports: Sequence[Report], out: TextIO, *, valued: bool) -> None:
    """Totals of all methods side by side, then each asset, then what is missing."""
    terminal = out.isatty()
    console = Console(file=out, width=None if terminal else _PLAIN_WIDTH, highlight=False)
    console.print(_totals(reports, valued=valued))
    console.print(_assets(reports, valued=valued))
    if valued and (unpriced := reports[0].unpriced):
        console.print(f"No price given, so not valued: {escape(', '.join(unpriced))}")
    _print_missing(reports[0], console)
    console.print("Money is shown to 8 decimal places; --json prints every digit and every lot match.")


def _totals(reports: Sequence[Report], *, valued: bool) -> Table:
    table = Table(title="Profit and loss, in the quote currency", title_justify="left")
    table.add_column("")
    for report in reports:
        table.add_column(report.method.value.upper(), justify="right")
    for name, label in _SUMS:
        table.add_row(label, *(_shown(getattr(report.totals, name)) for report in reports))
    for name, label in _VALUES if valued else ():
        table.add_row(label, *(_shown(getattr(report.valuation, name)) for report in reports))
    return table


def _assets(reports: Sequence[Report], *, valued: bool) -> Table:
    table = Table(title="Per asset", title_justify="left")
    for label in ("Asset", "Method"):
        table.add_column(label)
    for label in ("Held", "Missing", "Proceeds", "Cost basis", "Gain", "Income", "Net"):
        table.add_column(label, justify="right")
    if valued:
        table.add_column("Unrealised", justify="right")
    for asset in reports[0].assets:
        for report in reports:
            sums = report.assets[asset]
            cells = [plain(sums.quantities.held), plain(sums.quantities.missing), *_money(sums.money)]
            if valued:
                cells.append(_unrealised(sums.valuation))
            table.add_row(escape(asset), report.method.value.upper(), *cells)
    return table


def _money(money: Money) -> list[str]:
    amounts = (money.proceeds, money.cost_basis, money.gain, money.income, money.net)
    return [_shown(amount) for amount in amounts]


def _unrealised(valuation: Valuation) -> str:
    return _shown(valuation.unrealised)


def _print_missing(report: Report, console: Console) -> None:
    if not report.missing:
        return
    console.print("[bold red]MISSING ACQUISITIONS[/]: counted at zero cost, so the gain may be too high")
    for missing in report.missing:
        console.print(f"  ! {escape(str(missing))}")


def _shown(amount: Decimal | None) -> str:
    if amount is None:
        return "no price"
    return f"{amount.quantize(Decimal('1E-8'), context=_DISPLAY):,.8f}".rstrip("0").rstrip(".")
