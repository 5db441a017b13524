"""The sandbox's webhook receiver as a test sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True)
class Inbox:
    """One inbox of a running sandbox."""

    base: str
    name: str

    @property
    def url(self) -> str:
        """Where webhooks go."""
        return f"{self.base}/webhooks/{self.name}"

    def deliveries(self) -> list[dict[str, Any]]:
        """What it holds, oldest first."""
        return list(self._read()["deliveries"])

    def refused(self) -> list[str]:
        """Why it did not accept what it did not accept."""
        return [refusal["reason"] for refusal in self._read()["refused"]]

    def answer_next(self, statuses: Sequence[int]) -> None:
        """The next requests are kept, and answered with these statuses all the same."""
        httpx2.put(f"{self.base}/sandbox/webhooks/answers", json=list(statuses)).raise_for_status()

    def empty(self) -> None:
        """Forget everything."""
        httpx2.delete(f"{self.base}/sandbox/webhooks/{self.name}").raise_for_status()

    def _read(self) -> Any:
        return httpx2.get(f"{self.base}/sandbox/webhooks/{self.name}").raise_for_status().json()
