"""/speech, without a browser."""

from pathlib import Path

import pytest
from django.test import Client

from execution.models import Speech
from jobs import testing
from jobs.models import Job


def test_a_text_is_spoken_and_can_be_played(operator: Client, media: Path) -> None:
    with testing.stepwise() as jobs:
        html = operator.post("/speech", {"text": "Hello <b>there</b>.", "mode": "realtime"}, follow=True)
        shown = html.content.decode()
        job = Job.objects.get()
        assert (job.priority, f'data-job="{job.uid}"' in shown, "<audio" in shown) == (7, True, False)
        assert "Hello &lt;b&gt;there&lt;/b&gt;." in shown
        jobs.run_all()
    row = Speech.objects.get()
    part = operator.get("/speech", headers={"HX-Request": "true"}).content.decode()
    assert f'src="/api/v1/speech/{row.pk}/audio"' in part
    assert "<html" not in part
    again = operator.post("/speech", {"text": "Hello <b>there</b>."}, follow=True).content.decode()
    assert "This was spoken before" in again
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Text: String should have at least 1 character"),
        ("Привет", "which the English voice of this machine cannot read"),
        ("x" * 4097, "Text: String should have at most 4096 characters"),
    ],
)
def test_a_text_that_cannot_be_spoken_is_told_beside_the_form(
    operator: Client, text: str, problem: str
) -> None:
    answer = operator.post("/speech", {"text": text})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert problem in html
    assert f">{text}</textarea>" in html
    assert not Job.objects.exists()


def test_line_breaks_of_a_browser_count_as_one_character(operator: Client, media: Path) -> None:
    operator.post("/speech", {"text": "One line.\r\nAnother."})
    assert Job.objects.get().kwargs["text"] == "One line.\nAnother."


def test_a_failed_one_says_why(operator: Client, media: Path) -> None:
    operator.post("/speech", {"text": "Hello."})
    Job.objects.update(state="failed", reason="the engine is broken")
    assert "the engine is broken" in operator.get("/speech").content.decode()


def test_a_viewer_may_hear_but_not_speak(viewer: Client) -> None:
    assert viewer.post("/speech", {"text": "Hello."}).status_code == 403
    assert "Nothing has been spoken yet." in viewer.get("/speech?before=x").content.decode()
    assert not Job.objects.exists()
