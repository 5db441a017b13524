"""How long to wait before a process that died is started again."""

from dataclasses import dataclass, replace

FIRST = 0.5  # seconds
LONGEST = 30.0
LIVED_WELL = 30.0  # a process that lived so long starts afresh


@dataclass(frozen=True)
class Backoff:
    """The deaths in a row of one process."""

    deaths: int = 0

    def after(self, lived: float) -> "Backoff":
        """One more death, of a process that had `lived` seconds."""
        return replace(self, deaths=1 if lived >= LIVED_WELL else self.deaths + 1)

    @property
    def delay(self) -> float:
        """Seconds to wait: half a second, doubled with each death in a row, thirty at most."""
        if self.deaths == 0:
            return 0.0
        return min(FIRST * 2.0 ** min(self.deaths - 1, 16), LONGEST)
