"""Chords for the result backend: their parts return in the dispatcher, when it follows a job.

Celery's rules (`celery.backends.redis`), on rows: every call is part of the caller's transaction, so a
part counts once and the body is enqueued with the last one.
"""

import logging
from typing import Any

from celery import states
from celery.canvas import _regen, maybe_signature
from celery.exceptions import ChordError
from celery.result import GroupResult, allow_join_result, result_from_tuple
from django.db import OperationalError, transaction

from jobs import celery_json
from jobs.store.chords import (
    OpenChord,
    Part,
    add_part,
    close_chord,
    grow_chord,
    lock_chord,
    open_chord,
    size_chord,
)

logger = logging.getLogger(__name__)


class ChordBackend:
    """What Celery's canvas asks of a backend for chords."""

    app: Any

    def apply_chord(self, header_result_args: Any, body: Any, **_: Any) -> None:
        """Expect the header's parts. Only a header with groups in it is kept as a tree."""
        if isinstance(header_result_args[1], _regen):
            open_chord(header_result_args[0])
            return
        header = self.app.GroupResult(*header_result_args)
        nested = any(isinstance(result, GroupResult) for result in header.results)
        open_chord(header.id, header.as_tuple() if nested else None)

    def set_chord_size(self, group_id: str, chord_size: int) -> None:
        """Called before the header's last task is enqueued: no part can be the last before that."""
        size_chord(group_id, chord_size)

    def add_to_chord(self, group_id: str, result: Any) -> None:
        """One more part, which the running part enqueues."""
        grow_chord(group_id)

    def on_chord_part_return(self, request: Any, state: str, result: Any, **_: Any) -> None:
        """Count a part; the last one enqueues the body or fails it."""
        if not request.group or not request.id:
            return
        with transaction.atomic():
            chord = lock_chord(request.group)
            if chord is None:
                logger.info("the chord %s has its body already", request.group)
                return
            value = celery_json.dumps(self.encode_result(result, state))  # type: ignore[attr-defined]  # Celery's backend, mixed in
            returned = add_part(chord, Part(request.id, request.group_index, state, value))
            if chord.size is not None and returned >= chord.size:
                self._run_body(request, chord)

    def _run_body(self, request: Any, chord: OpenChord) -> None:
        body = maybe_signature(request.chord, app=self.app)
        parts = close_chord(chord)
        try:
            with transaction.atomic():
                values = self._joined(chord, parts)
                self._enqueue_body(body, values)
        except OperationalError:
            raise
        except ChordError as error:
            self._fail_body(body, error)
        except Exception as error:
            logger.exception("the header of chord %s cannot be joined", request.group)
            self._fail_body(body, ChordError(f"Join error: {error!r}"))

    def _joined(self, chord: OpenChord, parts: list[Part]) -> list[Any]:
        if chord.header is not None:
            header = result_from_tuple(chord.header, app=self.app)
            with allow_join_result():
                return list(header.join(timeout=self.app.conf.result_chord_join_timeout, propagate=True))
        return [self._value(part) for part in parts]

    def _value(self, part: Part) -> Any:
        value = celery_json.loads(part.value)
        if part.state in states.PROPAGATE_STATES:
            error = self.exception_to_python(value)  # type: ignore[attr-defined]  # Celery's backend, mixed in
            raise ChordError(f"Dependency {part.uid} raised {error!r}") from error
        return value

    def _enqueue_body(self, body: Any, values: list[Any]) -> None:
        try:
            body.delay(values)
        except OperationalError:
            raise
        except Exception as error:
            logger.exception("the body %s of a chord cannot be enqueued", body.task)
            raise ChordError(f"Callback error: {error!r}") from error

    def _fail_body(self, body: Any, error: ChordError) -> None:
        self.chord_error_from_stack(body, error)  # type: ignore[attr-defined]  # Celery's backend, mixed in
