"""Sentiment scores, measured on sentences of our own."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import LazySettings

from enrichment.services.sentiment.scoring import label, score

SIGNS = {"+": "positive", "-": "negative", "0": "neutral"}
EXPLANATION = Path(__file__).resolve().parents[4] / "docs" / "explanation" / "sentiment.md"


def labelled(name: str) -> list[tuple[str, str]]:
    """Label and sentence of each line of a file."""
    lines = (Path(__file__).parent / name).read_text().splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return [(SIGNS[sign], sentence) for sign, sentence in pairs]


def right(name: str) -> tuple[int, int]:
    """How many sentences of a file get the right label, and of how many."""
    pairs = labelled(name)
    return sum(label(score(sentence)) == wanted for wanted, sentence in pairs), len(pairs)


@pytest.mark.parametrize("name", ["held_out.tsv", "hard.tsv"])
def test_the_documentation_tells_the_measured_accuracy(name: str) -> None:
    found, of = right(name)
    assert f"`{name}` | {of} | {found} |" in EXPLANATION.read_text()


def test_the_held_out_sentences_are_of_every_kind_and_differ() -> None:
    pairs = labelled("held_out.tsv")
    assert len({sentence for _, sentence in pairs}) == len(pairs)
    assert min(Counter(wanted for wanted, _ in pairs).values()) >= 40


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "neutral"),
        ("rug pull", "negative"),
        ("not a rug pull", "positive"),
        ("$PUMP and $DUMP trade at https://scam.example/great for @terrible", "neutral"),
        ("PEBL +12% today", "positive"),
        ("PEBL -12% today", "negative"),
        ("up by over 40%", "positive"),
        ("down 40%", "negative"),
        ("a 2-3% fee", "neutral"),
        ("🚀🚀", "neutral"),
        ("the contract has shares, a vault and liquid stakes", "neutral"),
    ],
)
def test_single_texts(text: str, wanted: str) -> None:
    assert label(score(text)) == wanted


def test_scores_stay_in_bounds_whatever_is_written() -> None:
    for text in ("moon " * 10_000, "scam!!! " * 10_000, "\x00\ud7ff", "a" * 100_000):
        assert -1 <= score(text) <= 1


def test_a_lexicon_of_ones_own_takes_the_place_of_the_delivered_one(
    settings: LazySettings, tmp_path: Path
) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("flurb\t3.5\nto the fridge\t-3\n")
    settings.SENTIMENT_LEXICON = str(own)
    assert score("what a flurb") > 0.5
    assert score("going to the fridge") < -0.5
    assert score("rekt") == 0


def test_an_edit_of_the_lexicon_takes_effect_at_once_and_a_spoilt_one_when_it_is_mended(
    settings: LazySettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("flurb\t3.5\n")
    settings.SENTIMENT_LEXICON = str(own)
    assert score("what a flurb") > 0.5
    own.write_text("flurb\t-3.5\n")
    assert score("what a flurb") < -0.5
    own.write_text("flurb\tvery much\n")
    assert score("what a flurb") < -0.5
    assert "is no number: 'very much'" in caplog.text
    own.write_text("flurb\t3.25\n")
    assert score("what a flurb") > 0.5
