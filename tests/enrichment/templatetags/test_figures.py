"""Figures as every page shows them."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Library, library

from enrichment.templatetags import figures

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("shown", "value", "text"),
    [
        (figures.dollars, "1234.5", "$1,234.50"),
        (figures.dollars, "-0.125", "−$0.12"),
        (figures.dollars, "0", "$0.00"),
        (figures.price, "1234.5", "$1,234.50"),
        (figures.price, "0.000012345", "$0.00001234"),
        (figures.price, "0", "$0.00"),
        (figures.quote, "91234.5", "91,234.50"),
        (figures.quote, "1.5", "1.5000"),
        (figures.quote, "0.00165", "0.0016500"),
        (figures.change, "1.005", '<span class="gain">+1.00 %</span>'),
        (figures.change, "-1234.5", '<span class="loss">−1,234.50 %</span>'),
        (figures.change, "0.001", '<span class="even">0.00 %</span>'),
        (figures.share, "0.425", "42 %"),
    ],
)
def test_a_figure_by_its_text(shown: object, value: str, text: str) -> None:
    assert callable(shown)
    assert shown(Decimal(value)) == text
    assert shown(None) == "–"


def test_no_two_libraries_give_one_name_to_different_filters() -> None:
    owners: dict[str, list[str]] = {}
    for file in ROOT.glob("*/templatetags/*.py"):
        if file.stem != "__init__":
            tags: Library = library.import_library(f"{file.parts[-3]}.templatetags.{file.stem}")
            for name in tags.filters:
                owners.setdefault(name, []).append(f"{file.parts[-3]}.{file.stem}")
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}
