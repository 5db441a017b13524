"""The worked example in the documentation is what the engine computes."""

import re
from decimal import Decimal
from pathlib import Path

from analysis.services.pnl.csv_file import parse_csv
from analysis.services.pnl.lots import Method
from analysis.services.pnl.report import calculate

PAGE = Path(__file__).resolve().parents[4] / "docs" / "explanation" / "profit-and-loss.md"


def test_the_table_of_the_page_holds_for_its_example() -> None:
    text = PAGE.read_text()
    (example,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    rows = re.findall(r"^\| (fifo|lifo|hifo|average) \|(.*)\|.*\|$", text, re.MULTILINE)
    assert [name for name, _ in rows] == [method.value for method in Method]
    for name, cells in rows:
        totals = calculate(parse_csv(example.encode()), Method(name)).totals
        computed = [totals.cost_basis, totals.gain, totals.income, totals.transfer_fees, totals.net]
        assert computed == [Decimal(cell.strip()) for cell in cells.split("|")]
