"""The character U+0000, which PostgreSQL has no place for, not even to look for it."""

from django.http import Http404, HttpRequest

from jobs.http.chain import Answer, Middleware

API = "/api/"


class NoNul(Middleware):
    """An address of a page that holds it is none; in a query it is left out. The API names the field itself."""

    def __call__(self, request: HttpRequest) -> Answer:
        """The answer of the rest of the chain. Http404."""
        if not request.path_info.startswith(API):
            if "\0" in request.path_info:
                raise Http404("No address holds U+0000.")
            given = request.META.get("QUERY_STRING", "")
            if "%00" in given:
                request.META["QUERY_STRING"] = given.replace("%00", "")
        return self._get_response(request)
