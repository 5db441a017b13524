"""What docs/reference/chain-errors.md says that nodes say is understood as it says."""

import re
from pathlib import Path

from analysis.services.intents.parameters import PARAMETERS
from enrichment.providers.evm.errors import Fault, classify
from execution.services.sending.policy import GasPolicy
from execution.services.sending.send import CHEAPER_IN

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROW = re.compile(r"^\| ([a-z ]+) \| (.+?) \| (.+) \|$", re.MULTILINE)


def test_every_fault_is_in_the_table_with_words_that_mean_it() -> None:
    rows = [
        row for row in ROW.findall((DOCS / "reference" / "chain-errors.md").read_text()) if row[0] != "fault"
    ]
    assert [name for name, _, _ in rows] == [str(fault) for fault in Fault]
    said = [(fault, words) for fault, such, _ in rows for words in re.findall(r"`([^`]+)`", such)]
    assert len(said) > 20
    assert [(str(classify(None, words)), words) for _, words in said] == said


def test_the_numbers_of_the_pages_are_those_of_the_code() -> None:
    how_to = (DOCS / "how-to" / "act-on-chain.md").read_text()
    policy = GasPolicy()
    for name in ("headroom", "bump", "bump_after", "most_bumps"):
        assert f"| `{name}` | {getattr(policy, name):g} |" in how_to
    for check, parameters in PARAMETERS.items():
        row = next(line for line in how_to.splitlines() if line.startswith(f"| `{check}` |"))
        assert re.findall(r"`(\w+)`", row)[1:] == list(parameters)
    table = (DOCS / "reference" / "chain-errors.md").read_text()
    assert f"after {CHEAPER_IN:g} seconds" in table
