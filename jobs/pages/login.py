"""`/login`: a password is guessed a few times a minute at most."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from jobs.guessing import WINDOW, guessed_too_often, note_wrong_guess


class Login(LoginView):
    """Django's own; wrong passwords count, per user name and address, for all web processes together."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is signed in goes on, but for those whom the admin has just sent here."""
        to_admin = self.get_redirect_url().startswith(reverse("admin:index"))
        self.redirect_authenticated_user = not to_admin or getattr(request.user, "is_staff", False)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """429 after too many wrong tries, whatever the password is. While Redis is away nobody is turned down."""
        if not guessed_too_often(_door(request), settings.LOGIN_TRIES_PER_MINUTE):
            return super().post(request, *args, **kwargs)
        context = self.get_context_data(form=AuthenticationForm(request), too_many=True)
        response = self.render_to_response(context, status=429)
        response["Retry-After"] = str(WINDOW)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """A wrong one is counted."""
        note_wrong_guess(_door(self.request))
        return super().form_invalid(form)


def _door(request: HttpRequest) -> str:
    name = request.POST.get("username", "")[:150].casefold()
    return f"{request.META.get('REMOTE_ADDR', '')}:{name}"
