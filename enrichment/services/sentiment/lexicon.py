"""The crypto lexicon: a file that people edit, checked when it is loaded."""

from dataclasses import dataclass
from pathlib import Path

DELIVERED = Path(__file__).resolve().parents[2] / "data" / "crypto_lexicon.tsv"
STRONGEST = 4.0  # as in VADER's own lexicon
_WORDS = 4  # that a term has at most


class LexiconError(ValueError):
    """The lexicon cannot be used; the message names every fault by its line."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__(f"{path}: " + "; ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Lexicon:
    """Weights by single word, and by phrase."""

    words: dict[str, float]
    phrases: dict[str, float]


def load_lexicon(path: Path = DELIVERED) -> Lexicon:
    """Read a lexicon. Raises LexiconError with all faults at once."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(path, [f"cannot be read: {error}"]) from None
    return parse_lexicon(lines, path)


def parse_lexicon(lines: list[str], path: Path = DELIVERED) -> Lexicon:
    """The entries in a lexicon's lines. Raises LexiconError with all faults at once."""
    seen: dict[str, tuple[int, float]] = {}
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        term, _, weight = line.partition("\t")
        fault = _fault(term, weight, seen)
        if fault:
            faults.append(f"line {number}: {fault}")
        else:
            seen[term] = (number, float(weight))
    if faults:
        raise LexiconError(path, faults)
    weights = {term: weight for term, (_, weight) in seen.items()}
    phrases = {term: weight for term, weight in weights.items() if " " in term}
    return Lexicon({term: weights[term] for term in weights.keys() - phrases.keys()}, phrases)


def _fault(term: str, weight: str, seen: dict[str, tuple[int, float]]) -> str:
    """What is wrong with an entry; empty when nothing is."""
    if not term.strip() or not weight:
        return "is not a term, a tab and a weight"
    if term != " ".join(term.lower().split()):
        return f"{term!r} must be in small letters, with single spaces"
    if term.count(" ") >= _WORDS:
        return f"{term!r} has more than {_WORDS} words"
    if term in seen:
        return f"{term!r} is on line {seen[term][0]}, too"
    try:
        value = float(weight)
    except ValueError:
        return f"the weight of {term!r} is no number: {weight!r}"
    if not -STRONGEST <= value <= STRONGEST:  # also refuses NaN
        return f"the weight of {term!r} is not between {-STRONGEST:g} and {STRONGEST:g}: {weight}"
    return ""
