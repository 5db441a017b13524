"""`python -m bench`: measure and print the table."""

import argparse

from bench.drain import measure, table
from bench.observed import observed

parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
parser.add_argument("--jobs", type=int, default=5000, help="jobs per run")
parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds")
parser.add_argument("--only", help="only systems whose name starts with this")
parser.add_argument(
    "--observed", action="store_true", help="what monitoring and traces cost: without, as it comes, with both"
)
options = parser.parse_args()
if options.observed:
    with observed() as systems:
        print(table(measure(options.jobs, options.rounds, options.only, systems)))
else:
    print(table(measure(options.jobs, options.rounds, options.only)))
