"""`manage.py pnl` as people and scripts call it."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[3]
HISTORY = """\
time,kind,asset,quantity,unit_price,fee,fee_asset
2024-01-05T10:00:00Z,buy,BTC,1,40000,20,USD
2024-02-05T10:00:00Z,buy,BTC,1,50000,20,USD
2024-03-05T10:00:00Z,sell,BTC,1.5,60000,30,USD
"""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "trades.csv"
    path.write_text(HISTORY)
    return path


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("pnl", *arguments, stdout=out)
    return out.getvalue()


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """The command as its own process, with addresses where nothing listens."""
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return subprocess.run(
        [sys.executable, "manage.py", "pnl", *arguments],
        cwd=ROOT,
        env={**os.environ, **nowhere, "DJANGO_SETTINGS_MODULE": "config.settings"},
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_json_gives_totals_assets_and_every_match_as_exact_strings(history: Path) -> None:
    fifo: dict[str, Any] = json.loads(printed(str(history), "--json"))["methods"]["fifo"]
    # 1.5 x 60000 - 30 = 89970, 59980 each; 40020 + 50020 / 2 = 65030
    assert fifo["totals"]["proceeds"] == "89970"
    assert fifo["totals"]["cost_basis"] == "65030"
    assert fifo["totals"]["gain"] == "24940"
    assert fifo["totals"]["fees"] == "70"
    assert fifo["assets"]["BTC"]["held"] == "0.5"
    assert fifo["matches"][1] == {
        "asset": "BTC",
        "sold_at": "2024-03-05T10:00:00Z",
        "acquired_at": "2024-02-05T10:00:00Z",
        "quantity": "0.5",
        "proceeds": "29990",
        "cost_basis": "25010",
        "gain": "4980",
        "event": "sale",
        "basis": "lot",
        "reference": "line 4",
    }
    assert fifo["open_lots"] == [
        {"asset": "BTC", "acquired_at": "2024-02-05T10:00:00Z", "quantity": "0.5", "cost_basis": "25010"}
    ]
    assert fifo["flags"] == []


def test_several_methods_stand_side_by_side(history: Path) -> None:
    methods = json.loads(printed(str(history), "--json", "--method", "fifo, LIFO,hifo,average"))["methods"]
    assert {name: found["totals"]["gain"] for name, found in methods.items()} == {
        "fifo": "24940",
        "lifo": "19940",  # 89970 - 50020 - 20010
        "hifo": "19940",
        "average": "22440",  # 89970 - 90040 x 1.5 / 2
    }
    table = printed(str(history), "--method", "fifo,average")
    assert "24,940" in table
    assert "22,440" in table
    assert "MISSING" not in table


def test_missing_acquisitions_are_flagged_visibly(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text(HISTORY + "2024-04-05,sell,ETH,3,10,,\n")
    table = printed(str(path))
    assert "MISSING ACQUISITIONS" in table
    assert "3 ETH sold on 2024-04-05 (line 5) without a known acquisition" in table
    (flag,) = json.loads(printed(str(path), "--json"))["methods"]["fifo"]["flags"]
    assert (flag["kind"], flag["asset"], flag["quantity"]) == ("missing_acquisition", "ETH", "3")


def test_open_lots_are_valued_at_given_prices(history: Path) -> None:
    totals = json.loads(printed(str(history), "--json", "--price", "BTC=60000"))["methods"]["fifo"]["totals"]
    assert (totals["market_value"], totals["unrealised"]) == ("30000", "4990")
    assert "4,990" in printed(str(history), "--price", "BTC=60000")


def test_a_broken_file_is_refused_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(HISTORY + "2024-04-05,sel,ETH,x,10,,\n")
    with pytest.raises(
        CommandError, match=r"has 2 faults:\n  line 5, column kind.*did you mean sell"
    ) as caught:
        printed(str(path))
    assert caught.value.returncode == 2


def test_it_reads_standard_input_and_needs_no_database() -> None:
    done = run("-", "--json", text=HISTORY)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["methods"]["fifo"]["totals"]["gain"] == "24940"


def test_plain_text_has_no_terminal_codes() -> None:
    done = run("-", text=HISTORY)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "24,940" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.csv"], "cannot read nowhere.csv: No such file or directory"),
        (["-"], "the file is empty"),
        (["-", "--method", "fifo,best"], '"best" is not one of fifo, lifo, hifo, average'),
        (["-", "--price", "BTC=much"], 'the price of BTC "much" is not a number'),
        (["-", "--price", "BTC"], "ASSET=PRICE"),
    ],
)
def test_mistakes_end_with_a_sentence_and_code_2(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_help_shows_an_example() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "$ python manage.py pnl trades.csv --method fifo,hifo" in done.stdout
