"""What a comparison is asked for."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from analysis.services.filters import ALL
from analysis.services.similarity.compare import VectorKind

MOST_TOKENS = 100  # a wallet with more is no person's
BOTH = (VectorKind.CAPITAL, VectorKind.BINARY)


@dataclass(frozen=True)
class Wanted:
    """The wallets, and how they are compared."""

    addresses: Sequence[str]
    vector_kinds: Sequence[VectorKind] = BOTH
    min_shared_tokens: int = 1
    time_range: str = ALL
    exclude_mints: Sequence[str] = ()
    max_tokens: int = MOST_TOKENS
    request_id: str = ""

    def as_json(self) -> dict[str, Any]:
        """The one spelling of this wish, without its name."""
        plain = asdict(self) | {
            "vector_kinds": sorted({kind.value for kind in self.vector_kinds}),
            "exclude_mints": sorted(set(self.exclude_mints)),
            "addresses": list(dict.fromkeys(self.addresses)),
        }
        del plain["request_id"]
        return plain

    def digest(self) -> str:
        """A name for a request that was given none: the same wish has the same."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:32]
