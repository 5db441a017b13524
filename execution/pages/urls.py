"""The addresses of these pages."""

from execution.pages import contracts, intents, notifications, senders, speech
from jobs.pages.urls import page

urlpatterns = [
    page("intents", intents.choose, "intents"),
    page("intents/<str:uid>", intents.intent, "intent"),
    page("senders", senders.show, "senders"),
    page("contracts", contracts.choose, "contracts"),
    page("contracts/<str:uid>", contracts.contract, "contract"),
    page("speech", speech.show, "speech"),
    page("notifications", notifications.show, "notifications"),
]
