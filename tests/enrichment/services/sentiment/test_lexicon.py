"""The lexicon file: every fault is told at once."""

from pathlib import Path

import pytest

from enrichment.services.sentiment.lexicon import LexiconError, load_lexicon, parse_lexicon


def test_the_delivered_lexicon_is_without_fault() -> None:
    lexicon = load_lexicon()
    assert lexicon.words["rekt"] < -2
    assert lexicon.phrases["to the moon"] > 2
    assert not any(" " in word for word in lexicon.words)


def test_all_faults_are_told_with_their_lines() -> None:
    lines = [
        "# comment",
        "",
        "moon",
        "Moon\t2",
        "moon\t2",
        "moon\t3",
        "a b c d e\t1",
        "x\t5",
        "y\tnan",
        "z\tbig",
        "two  spaces\t1",
    ]
    with pytest.raises(LexiconError) as caught:
        parse_lexicon(lines)
    assert caught.value.faults == [
        "line 3: is not a term, a tab and a weight",
        "line 4: 'Moon' must be in small letters, with single spaces",
        "line 6: 'moon' is on line 5, too",
        "line 7: 'a b c d e' has more than 4 words",
        "line 8: the weight of 'x' is not between -4 and 4: 5",
        "line 9: the weight of 'y' is not between -4 and 4: nan",
        "line 10: the weight of 'z' is no number: 'big'",
        "line 11: 'two  spaces' must be in small letters, with single spaces",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"no-such\.tsv: cannot be read"):
        load_lexicon(tmp_path / "no-such.tsv")
