"""The API holds against whatever its own document allows, and much that it does not: no 5xx, and every
answer is one that the document announces."""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import config.urls  # noqa: F401 -- adds the paths of the domain
from jobs.http.api import api
from jobs.models import Job
from tests.jobs.http.conftest import token_for

pytestmark = [
    pytest.mark.django_db(transaction=True),  # the WSGI handler closes connections that are in a transaction
    pytest.mark.usefixtures("clean_redis"),
]

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_SETTINGS = settings(
    max_examples=3,  # per operation; more finds nothing new and takes minutes
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
def test_no_request_makes_a_server_error_or_an_undocumented_answer(mode: GenerationMode) -> None:
    application = get_wsgi_application()
    headers = {"Authorization": f"Bearer {token_for(User.objects.create_user('operator', is_staff=True))}"}
    document = api.get_openapi_schema()
    found = schemathesis.openapi.from_dict(document).get_all_operations()
    operations = [operation.ok() for operation in found if isinstance(operation, Ok)]
    assert len(operations) == sum(len(path) for path in document["paths"].values())
    reached = set[str]()

    def call(case: Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            _let_through(case)
        case.call_and_validate(app=application, headers=headers, checks=_CHECKS)
        reached.add(case.operation.label)

    for operation in operations:
        with suppress(Unsatisfiable):  # nothing about it can be wrong
            _SETTINGS(given(case=operation.as_strategy(generation_mode=mode))(call))()
    assert {op.label for op in operations if mode is GenerationMode.POSITIVE or op.body} <= reached
    if mode is GenerationMode.POSITIVE:
        assert Job.objects.exists()  # some requests came all the way through


def _let_through(case: Case[Any]) -> None:
    """Invented names would end at the door: let the payload, whatever it is, come as far as the table."""
    body: Any = case.body
    for trigger in body.get("jobs", [body]) if isinstance(body, dict) else []:
        if "jobName" in trigger:
            trigger["jobName"] = "noop"
            trigger["data"] = {"value": trigger.get("data")}
            trigger.pop("queueName", None)
    if isinstance(case.path_parameters, dict) and "queue" in case.path_parameters:
        case.path_parameters["queue"] = "quick"
