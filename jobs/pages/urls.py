"""The addresses of the platform's pages. All of them need a signed-in user, but for the login itself."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, path

from jobs.pages import dead_letter, dead_letters, flower, jobs, login, overview, queues, schedules, workers


def page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    """A page behind the login."""
    return path(route, login_required(view), name=name)


urlpatterns = [
    path("login", login.Login.as_view(), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    page("", overview.show, "overview"),
    page("jobs", jobs.listing, "jobs"),
    page("jobs/<path:uid>", jobs.job, "job"),
    page("dead-letters", dead_letters.listing, "dead-letters"),
    page("dead-letters/<int:letter_id>", dead_letter.letter, "dead-letter"),
    page("dead-letters/cause/<str:fingerprint>", dead_letters.cause, "dead-letter-cause"),
    page("queues/<str:name>", queues.queue, "queue"),
    page("schedules", schedules.show, "schedules"),
    page("workers", workers.show, "workers"),
    path("flower/", flower.flower, name="flower"),
    path("flower/<path:path>", flower.flower),
]
