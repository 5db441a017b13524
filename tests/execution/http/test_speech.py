"""/api/v1/speech, and the sound in parts."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from execution.http.ranges import Unsatisfiable, wanted_range
from execution.models import Speech
from jobs import testing
from jobs.models import Job

PATH = "/api/v1/speech"


def _post(client: Client, text: str = "Hello there.", **more: Any) -> Any:
    return client.post(PATH, {"text": text} | more, content_type="application/json")


@pytest.fixture
def spoken(operator: Client, media: Path) -> Speech:
    """A text that was spoken."""
    with testing.inline():
        _post(operator)
    return Speech.objects.get()


def test_a_text_is_accepted_with_its_job_and_can_be_heard(operator: Client, media: Path) -> None:
    with testing.stepwise() as jobs:
        body = _post(operator, mode="realtime").json()
        assert (body["state"], body["audio"], body["created"]) == ("waiting", None, True)
        assert operator.get(f"{PATH}/{body['id']}/audio").status_code == 404
        assert Job.objects.get().priority == 7
        jobs.run_all()
    read = operator.get(f"{PATH}/{body['id']}").json()
    assert (read["state"], read["voice"], read["engine"]) == ("completed", "heart", "hibari")
    assert read["audio"] == f"{PATH}/{body['id']}/audio"
    sound = operator.get(read["audio"])
    assert (sound.status_code, sound["Content-Type"], len(sound.content)) == (200, "audio/wav", read["size"])
    assert sound["Cache-Control"].startswith("private")


def test_what_was_spoken_is_the_answer_at_once(operator: Client, spoken: Speech) -> None:
    answer = _post(operator)
    body = answer.json()
    assert (answer.status_code, body["id"], body["created"], body["state"]) == (
        202,
        spoken.pk,
        False,
        "completed",
    )
    assert Job.objects.count() == 1


def test_a_text_whose_job_failed_is_spoken_by_the_next_one(operator: Client, media: Path) -> None:
    first = _post(operator).json()
    Job.objects.update(state="failed", unique_key=None)
    assert operator.get(f"{PATH}/{first['id']}").json()["state"] == "failed"
    with testing.inline():
        second = _post(operator).json()
    assert (second["id"], second["created"]) == (first["id"], True)
    assert operator.get(f"{PATH}/{first['id']}").json()["jobId"] == second["jobId"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 4097}, "text"),
        ({"text": "Привет"}, "text"),
        ({"text": "?!"}, "text"),
        ({"voice": "emma"}, "voice"),
        ({"voice": "../x"}, "voice"),
        ({"speed": 3}, "speed"),
        ({"mode": "soon"}, "mode"),
        ({"loud": True}, "loud"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    operator: Client, body: dict[str, Any], field: str
) -> None:
    answer = _post(operator, **body)
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["fields"]) == [field]
    assert not Job.objects.exists()
    assert not Speech.objects.exists()


def test_a_part_of_the_sound_is_given_with_its_place(
    viewer: Client, spoken: Speech, settings: LazySettings
) -> None:
    whole = (Path(settings.MEDIA_ROOT) / str(spoken.file)).read_bytes()
    address = f"{PATH}/{spoken.pk}/audio"
    part = viewer.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{len(whole)}"
    end = viewer.get(address, headers={"Range": "bytes=-10"})
    assert (end.status_code, end.content) == (206, whole[-10:])
    beyond = viewer.get(address, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    tag = part["ETag"]
    assert viewer.get(address, headers={"If-None-Match": tag}).status_code == 304
    changed = viewer.get(address, headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert (changed.status_code, len(changed.content)) == (200, len(whole))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("bytes=0-0", (0, 0)),
        ("bytes=0-", (0, 99)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=-", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_a_range_is_read_as_the_rfc_says(header: str, found: tuple[int, int] | None) -> None:
    assert wanted_range(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0"])
def test_a_range_beyond_the_file_is_told(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted_range(header, 100)


def test_the_sound_is_for_signed_in_users_only(spoken: Speech, viewer: Client) -> None:
    assert Client().get(f"{PATH}/{spoken.pk}/audio").status_code == 401
    assert _post(viewer).status_code == 403
    assert len(viewer.get(PATH).json()["items"]) == 1
    assert viewer.get(f"{PATH}/999").status_code == 404
