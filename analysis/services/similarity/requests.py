"""What comparisons were asked for, before there is a result."""

from collections.abc import Sequence
from typing import Any

from analysis.models import SimilarityReport


def remember(request_id: str, wanted: dict[str, Any], jobs: Sequence[str]) -> None:
    """Store a request with its jobs, so that its page can show them; a known one keeps its last result."""
    plain = {name: value for name, value in wanted.items() if name != "request_id"}
    SimilarityReport.objects.update_or_create(
        request_id=request_id, defaults={"wanted": plain, "jobs": list(jobs)}
    )
