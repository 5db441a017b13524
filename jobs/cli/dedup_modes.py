"""`--dedup-mode`: how a job deals with a live one that has its key."""

import argparse

from jobs.cli.durations import parse_duration
from jobs.options import Debounce, Dedup, KeepLast, Throttle, Unique

MODES_HELP = (
    "unique, keep-last, throttle:PERIOD, debounce:DELAY or debounce:DELAY:LONGEST (e.g. throttle:10m); "
    "without --dedup the whole payload is the key"
)


def parse_mode(text: str) -> Dedup:
    """The mode that `text` names."""
    name, *times = text.split(":")
    match name, [parse_duration(time) for time in times]:
        case "unique", []:
            return Unique()
        case "keep-last", []:
            return KeepLast()
        case "throttle", [period]:
            return Throttle(period)
        case "debounce", [delay]:
            return Debounce(delay)
        case "debounce", [delay, longest]:
            return Debounce(delay, max_wait=longest)
    raise argparse.ArgumentTypeError(f"{text!r}: expected {MODES_HELP.partition(';')[0]}")
