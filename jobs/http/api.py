"""The API as a whole: /api/v1/, its document at openapi.json and a page to browse it at docs."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from jobs.http import (
    routes_audit,
    routes_breakers,
    routes_flows,
    routes_following,
    routes_jobs,
    routes_letters,
    routes_observing,
    routes_schedules,
)
from jobs.http.auth import SIGNED_IN, docs_for_signed_in
from jobs.http.body import StrictParser
from jobs.http.idempotency import IDEMPOTENCY_KEY
from jobs.http.problems import CONTENT_TYPE, add_handlers
from jobs.http.throttle import PerClient


class Api(NinjaAPI):
    """Documents errors under the type that they are sent with."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """See the class."""
        document = super().get_openapi_schema(**options)
        for path in document["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {CONTENT_TYPE: response["content"]["application/json"]}
            if "post" in path:
                path["post"].setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        return document


api = Api(
    title="Millrace",
    version="1",
    description=(
        "Start jobs, follow them, operate queues. Errors are RFC 9457 problem details with a stable `type`. "
        "Times are ISO 8601 in UTC. A POST with an `Idempotency-Key` is done once: sent again within a day, it "
        "is given the first answer. "
        "Sign in with a token (`Authorization: Bearer mr_...`) or with the site's session."
    ),
    auth=SIGNED_IN,
    throttle=PerClient(),
    parser=StrictParser(),
    docs_decorator=docs_for_signed_in,
)
add_handlers(api)
# The order matters: /jobs/stats is no job's id.
api.add_router("/jobs", routes_observing.router)
api.add_router("/jobs", routes_jobs.router)
api.add_router("/jobs", routes_following.router)
api.add_router("/queues", routes_observing.queues_router)
api.add_router("/queues", routes_jobs.queues_router)
api.add_router("/breakers", routes_breakers.router)
api.add_router("/flows", routes_flows.router)
api.add_router("/schedules", routes_schedules.router)
api.add_router("/queues/{queue}/dlq", routes_letters.router)
api.add_router("/audit", routes_audit.router)
