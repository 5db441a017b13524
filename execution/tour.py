"""What `manage.py demo` shows of what is done: a sentence spoken, somebody told."""

from django.conf import settings

from analysis.tour import Step, Tour
from execution.flows.notifications import notify
from execution.flows.speech import say
from execution.queries.notifications import notification
from execution.queries.speech import speech

_SENTENCE = "Three wallets were analysed. The best of them gained 12.5 percent; the fee was $0.40."


def _speak(tour: Tour) -> None:
    tour.say(_SENTENCE)
    asked = say(_SENTENCE, mode="realtime")
    tour.follow(asked.job_uid)
    row = speech(asked.speech.pk).row
    if not row.file:
        tour.fail("the sentence was not spoken")
        return
    tour.say(f"{row.seconds} seconds of speech, {row.size:,} bytes. Hear it: {tour.site}/speech")


def _tell(tour: Tour) -> None:
    sandbox = f"{settings.SANDBOX_URL.rstrip('/')}/webhooks/tour"
    channel, recipient = ("webhook", sandbox) if settings.WEBHOOK_TO_SANDBOX else ("log", "tour")
    asked = notify(channel, recipient, "The tour was here", "Signed, and once.")
    tour.follow(asked.job_uid)
    told = notification(asked.notification.pk)
    if told.state != "delivered":
        tour.fail(f"the notification is {told.state}: {told.row.last_error}")
    tour.say(f"A {channel} to {told.row.recipient}: {told.state}. See {tour.site}/notifications")


STEPS = (Step("A sentence, spoken", _speak), Step("Somebody is told, signed and once", _tell))
