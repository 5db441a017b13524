"""Pairwise similarity of vectors. NumPy does the arithmetic, in floats: these are measures, not money.

For vectors a and b without negative parts:
- cosine: a.b / (|a| |b|);
- Jaccard (binary): shared tokens / tokens of either;
- weighted Jaccard (Ruzicka): sum of the smaller / sum of the greater parts.
All lie between 0 and 1. A pair in which one has nothing is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from analysis.services.similarity.vectors import WalletVector

if TYPE_CHECKING:
    from numpy.typing import NDArray

Matrix = list[list[float | None]]


class VectorKind(StrEnum):
    """Which vectors are compared."""

    CAPITAL = "capital"
    BINARY = "binary"


@dataclass(frozen=True)
class Comparison:
    """Square matrices in the order of the vectors, by kind and measure, and the count of shared tokens.

    None: the pair shares too few tokens to be compared.
    """

    matrices: dict[str, dict[str, Matrix]]
    shared: list[list[int]]


def compare(
    vectors: Sequence[WalletVector], kinds: Sequence[VectorKind], min_shared_tokens: int
) -> Comparison:
    """All pairs of the vectors."""
    import numpy as np

    tokens = sorted({mint for vector in vectors for mint in vector.tokens})
    column = {mint: number for number, mint in enumerate(tokens)}
    binary = np.zeros((len(vectors), len(tokens)))
    capital = np.zeros((len(vectors), len(tokens)))
    for row, vector in enumerate(vectors):
        for mint, amount in vector.capital.items():
            binary[row, column[mint]] = 1.0
            capital[row, column[mint]] = float(amount)
    shared = np.rint(binary @ binary.T).astype(int)
    comparable = shared >= min_shared_tokens
    np.fill_diagonal(comparable, val=True)
    found: dict[str, dict[str, Any]] = {}
    if VectorKind.CAPITAL in kinds:
        found["capital"] = {"cosine": _cosine(capital), "weighted_jaccard": _ruzicka(_shares(capital))}
    if VectorKind.BINARY in kinds:
        found["binary"] = {"cosine": _cosine(binary), "jaccard": _ruzicka(binary)}
    matrices = {
        kind: {name: _listed(matrix, comparable) for name, matrix in measures.items()}
        for kind, measures in found.items()
    }
    return Comparison(matrices, shared.tolist())


def _shares(rows: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    sums = rows.sum(axis=1, keepdims=True)
    shares: NDArray[Any] = np.divide(rows, sums, out=np.zeros_like(rows), where=sums > 0)
    return shares


def _cosine(rows: "NDArray[Any]") -> "NDArray[Any]":
    """Rows are scaled by their greatest part first, so that no square over- or underflows."""
    import numpy as np

    greatest = rows.max(axis=1, keepdims=True, initial=0.0)
    scaled = np.divide(rows, greatest, out=np.zeros_like(rows), where=greatest > 0)
    lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
    unit = np.divide(scaled, lengths, out=np.zeros_like(rows), where=lengths > 0)
    products: NDArray[Any] = unit @ unit.T
    return products


def _ruzicka(rows: "NDArray[Any]") -> "NDArray[Any]":
    """Row by row, so that memory grows with the number of wallets times tokens, not with its square.

    For rows of zeros and ones it is the Jaccard index.
    """
    import numpy as np

    found = np.zeros((len(rows), len(rows)))
    for number, row in enumerate(rows):
        greater = np.maximum(rows, row).sum(axis=1)
        smaller = np.minimum(rows, row).sum(axis=1)
        found[number] = np.divide(smaller, greater, out=np.zeros(len(rows)), where=greater > 0)
    return found


def _listed(matrix: "NDArray[Any]", comparable: "NDArray[Any]") -> Matrix:
    """Symmetric to the last bit, within 0 and 1, and 1 for a wallet with itself."""
    import numpy as np

    even = np.clip((matrix + matrix.T) / 2, 0.0, 1.0)
    np.fill_diagonal(even, 1.0)
    return [
        [float(value) if allowed else None for value, allowed in zip(row, mask, strict=True)]
        for row, mask in zip(even, comparable, strict=True)
    ]
