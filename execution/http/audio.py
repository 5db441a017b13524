"""A sound file over HTTP, whole or in parts: players jump about in it."""

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse

from execution.http.ranges import Unsatisfiable, wanted_range
from execution.models import Speech
from jobs.errors import NotFound
from jobs.http.problems import Problem, respond

TYPE = "audio/wav"


def audio_response(request: HttpRequest, row: Speech) -> HttpResponse:
    """200, 206, 304 or 416. NotFound while there is nothing to hear.

    The bytes are read at once: a text has a greatest length, and so has its sound.
    """
    if not row.file or not default_storage.exists(row.stored_as):
        raise NotFound(f"Speech {row.pk} cannot be heard yet.")
    tag = f'"{row.key}"'
    if request.headers.get("If-None-Match") == tag:
        return _with_headers(HttpResponse(status=304), tag, row)
    size = default_storage.size(row.stored_as)
    current = request.headers.get("If-Range", tag) == tag
    try:
        part = wanted_range(request.headers.get("Range", ""), size) if current else None
    except Unsatisfiable:
        refusal = respond(Problem(416, f"The file has {size:,} bytes."))
        refusal["Content-Range"] = f"bytes */{size}"
        return refusal
    first, last = part or (0, size - 1)
    answer = HttpResponse(_read(row, first, last), content_type=TYPE, status=206 if part else 200)
    if part:
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _with_headers(answer, tag, row)


def _read(row: Speech, first: int, last: int) -> bytes:
    with default_storage.open(row.stored_as) as file:
        file.seek(first)
        return bytes(file.read(last - first + 1))


def _with_headers(answer: HttpResponse, tag: str, row: Speech) -> HttpResponse:
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, max-age=86400"
    answer["Content-Disposition"] = f'inline; filename="speech-{row.pk}.wav"'
    return answer
