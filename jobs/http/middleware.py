"""Answers below /api/ that Django itself makes (404, 405, CSRF, 500) become problem details too."""

from collections.abc import Awaitable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from jobs.http.chain import Answer, Middleware
from jobs.http.problems import CONTENT_TYPE, Problem, respond

_DETAILS = {
    404: "There is nothing at {path}.",
    405: "{method} is not offered at {path}.",
    400: "The request cannot be understood.",
}


class ProblemDetails(Middleware):
    """Middleware, for sync and async chains."""

    def __call__(self, request: HttpRequest) -> Answer:
        """The response, or the problem it stands for."""
        response = self._get_response(request)
        if isinstance(response, HttpResponseBase):
            return _translated(request, response)
        return self._later(request, response)

    async def _later(self, request: HttpRequest, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return _translated(request, await response)


def _translated(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code < 400 or not request.path.startswith("/api/"):
        return response
    if response.get("Content-Type") == CONTENT_TYPE:
        return response
    template = _DETAILS.get(response.status_code, "The request to {path} failed.")
    problem = Problem(response.status_code, template.format(path=request.path, method=request.method))
    translated: HttpResponse = respond(problem)
    if "Allow" in response:
        translated["Allow"] = response["Allow"]
    return translated
