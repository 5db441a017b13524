"""What counts as a commit where a test's own transaction is never committed.

Django's `TestCase` and pytest-django's `db` run a test in a transaction that is rolled back. For the code
under test, leaving its own outermost `atomic` block is the commit: what it left to `on_commit` runs then,
and what it did outside of any block counts as committed at once. Blocks that roll back take theirs along.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connection

logger = logging.getLogger(__name__)


class Commits:
    """Runs what was left to `on_commit` while this is entered. Does nothing where real commits happen."""

    def __init__(self) -> None:
        self._in_test = connection.in_atomic_block
        self._depth = len(connection.savepoint_ids)
        self._ours = len(connection.run_on_commit)  # what the test itself left before stays where it is

    def __enter__(self) -> "Commits":
        self._undo = ExitStack()
        if self._in_test:
            self._undo.enter_context(connection.execute_wrapper(self._watch))
            self._on_commit = connection.on_commit
            connection.on_commit = self._left  # type: ignore[method-assign]  # nothing else is told of it
            self._undo.callback(delattr, connection, "on_commit")
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    @property
    def committed(self) -> bool:
        """Whether the code at hand is outside of every block, so that what it wrote is committed."""
        if not self._in_test:
            return not connection.in_atomic_block
        return len(connection.savepoint_ids) == self._depth

    @property
    def in_test(self) -> bool:
        """Whether a test's transaction is around everything."""
        return self._in_test

    def run(self) -> None:
        """Run what was left to be run after the commit, if this is after it."""
        while self.committed and len(connection.run_on_commit) > self._ours:
            left: tuple[Any, ...] = connection.run_on_commit.pop(self._ours)
            _call(left[1], robust=left[2])

    def _left(self, func: Callable[[], object], robust: bool = False) -> None:
        self._on_commit(func, robust)
        self.run()

    def _watch(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if sql.startswith("RELEASE SAVEPOINT"):
            self.run()
        return answer


def _call(function: Callable[[], Any], *, robust: bool) -> None:
    """As Django does it: the error of a robust function is logged, another's is the caller's."""
    try:
        function()
    except Exception:
        if not robust:
            raise
        logger.exception("an error in %r, left to on_commit", function)
