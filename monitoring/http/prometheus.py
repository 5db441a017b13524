"""`/metrics`: what Prometheus scrapes, in its text format.

Everything is read from PostgreSQL and Redis at the time of the scrape, so any web process gives the same
answer and none keeps counters of its own. Needs a token, like the API: `authorization` in the scrape's
configuration.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jobs.http.probes import signed_in


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics; 401 without a token or session."""
    if not signed_in(request):
        return HttpResponse(
            "Sign in with a token: Authorization: Bearer mr_...\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": "Bearer"},
        )
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

    from monitoring.http.exposition import registry

    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)
