"""A sync in a process of its own, that may kill itself at an exact point: `python -m ... ADDRESS POINT N`.

POINT is `page` (right after the N-th page was committed) or `statement` (before the N-th insert of trades,
in the middle of a page's transaction), or `never`.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


def main(address: str, point: str, number: int) -> None:
    """Sync everything; see above."""
    django.setup()
    from django.db import connection

    from enrichment.providers.solana.sources import transaction_source
    from enrichment.services.wallets.sync import Wishes, sync

    seen = {"page": 0, "statement": 0}

    def count(what: str) -> None:
        seen[what] += 1
        if what == point and seen[what] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "enrichment_trade"'):
            count("statement")
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        result = sync(address, transaction_source(), Wishes(older=True), lambda *_: count("page"))
    print(result.new, result.transactions)  # noqa: T201 -- the parent reads it


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
