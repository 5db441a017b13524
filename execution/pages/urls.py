"""The addresses of these pages."""

from execution.pages import notifications, speech
from jobs.pages.urls import page

urlpatterns = [
    page("speech", speech.show, "speech"),
    page("notifications", notifications.show, "notifications"),
]
