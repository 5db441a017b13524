"""The addresses of the pages of intents and contracts."""

from execution.pages import contracts, intents
from jobs.pages.urls import page

urlpatterns = [
    page("intents", intents.choose, "intents"),
    page("intents/<str:uid>", intents.intent, "intent"),
    page("contracts", contracts.choose, "contracts"),
    page("contracts/<str:uid>", contracts.contract, "contract"),
]
