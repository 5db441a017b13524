"""/speech: let a text be spoken, hear it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Query, Router
from ninja.responses import Status

from execution.flows.speech import say
from execution.http.audio import TYPE, audio_response
from execution.queries.speech import SpeechView, speech, speeches
from execution.speaking import LONGEST, Mode
from execution.tasks.speech import process_tts
from jobs.http import represent
from jobs.http.answers import PROBLEMS, Links, ProblemOut
from jobs.http.auth import must_start
from jobs.http.schemas import Camel, RowId, Strict, Tag

router = Router(by_alias=True, tags=["speech"])

Number = Annotated[RowId, Path(description="The speech's number.")]


class SpeechIn(Strict):
    """A text. It is checked by the job itself, too."""

    text: str = Field(max_length=LONGEST)
    voice: str = Field("", max_length=64, description="Empty: the engine's own.")
    speed: float = Field(1.0, ge=0.5, le=2.0)
    mode: Mode = Field(Mode.STANDARD, description="realtime, standard or batch: decides the priority.")
    priority: int | None = Field(None, ge=1, le=10)
    tags: list[Tag] = Field(default_factory=list, max_length=20)


class SpeechAsked(Camel):
    """The text and its job; `created` is false when it was asked for before."""

    id: int
    job_id: str
    created: bool
    state: str
    audio: str | None
    links: Links


class SpeechOut(Camel):
    """A text, and where it can be heard once it is spoken."""

    id: int
    text: str
    voice: str
    speed: float
    engine: str
    state: str
    reason: str
    seconds: Decimal | None
    sample_rate: int | None
    size: int | None
    audio: str | None
    created_at: datetime
    spoken_at: datetime | None
    job_id: str
    links: Links


class SpeechList(Camel):
    """A page; `next` is the cursor of the page after it."""

    items: list[SpeechOut]
    next: int | None


class Wanted(Camel):
    """Which, and how many."""

    limit: int = Field(20, ge=1, le=200)
    cursor: RowId | None = None


@router.post("", response={202: SpeechAsked, **PROBLEMS})
def start(request: HttpRequest, response: HttpResponse, body: SpeechIn) -> Status[SpeechAsked]:
    """Speak a text, once per text, voice and pace: what was spoken before is there at once."""
    must_start(request, process_tts)
    options: dict[str, Any] = {"priority": body.priority, "tags": body.tags or None}
    given = {name: value for name, value in options.items() if value is not None}
    asked = say(body.text, body.voice, body.speed, body.mode.value, **given)
    view = speech(asked.speech.pk)
    response["Location"] = f"{request.path}/{view.row.pk}"
    return Status(
        202,
        SpeechAsked(
            id=view.row.pk,
            job_id=asked.job_uid,
            created=asked.created,
            state=view.state,
            audio=_audio(view),
            links=represent.links(asked.job_uid),
        ),
    )


@router.get("", response={200: SpeechList, **PROBLEMS})
def listing(request: HttpRequest, wanted: Query[Wanted]) -> SpeechList:
    """The texts, newest first, a page at a time."""
    page = speeches(wanted.limit, wanted.cursor)
    return SpeechList(items=[_out(view) for view in page.items], next=page.next)


@router.get("/{number}", response={200: SpeechOut, **PROBLEMS})
def read(request: HttpRequest, number: Number) -> SpeechOut:
    """One text."""
    return _out(speech(number))


_SOUND = {"description": "The sound", "content": {TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@router.get(
    "/{number}/audio",
    response={**PROBLEMS, 416: ProblemOut},
    url_name="speech-audio",
    openapi_extra={"responses": {200: _SOUND, 206: _SOUND}},
)
def audio(request: HttpRequest, number: Number) -> HttpResponse:
    """The WAV file; parts of it by Range."""
    return audio_response(request, speech(number).row)


def _out(view: SpeechView) -> SpeechOut:
    row = view.row
    same = ("text", "voice", "speed", "engine", "seconds", "sample_rate", "size", "created_at", "spoken_at")
    return SpeechOut(
        **{name: getattr(row, name) for name in same},
        id=row.pk,
        state=view.state,
        reason=view.reason,
        audio=_audio(view),
        job_id=row.job_uid,
        links=represent.links(row.job_uid),
    )


def _audio(view: SpeechView) -> str | None:
    return f"/api/v1/speech/{view.row.pk}/audio" if view.row.file else None
