"""How long a task's runs last, learned from the fold: what decides whether its jobs may share a message."""

from dataclasses import dataclass

SHORT = 0.020  # seconds that at most one run in twenty may exceed
_SEEN_ENOUGH = 20
_WEIGHT = 0.05  # of the newest run in the averages


@dataclass
class Pace:
    """Moving averages over a task's runs: seconds, and the share that took longer than `SHORT`."""

    seconds: float = 0.0
    slow: float = 0.0
    seen: int = 0

    def record(self, seconds: float) -> None:
        """Learn from a finished run."""
        self.seen += 1
        weight = max(_WEIGHT, 1 / self.seen)
        self.seconds += (seconds - self.seconds) * weight
        self.slow += ((seconds > SHORT) - self.slow) * weight

    @property
    def short(self) -> bool:
        """Whether some 95 % of the runs are shorter than `SHORT`, seen often enough to say so."""
        return self.seen >= _SEEN_ENOUGH and self.slow < 0.05
