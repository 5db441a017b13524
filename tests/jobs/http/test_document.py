"""The OpenAPI document: what a reader of it can rely on."""

from typing import Any

import jsonschema_rs

import config.urls  # noqa: F401 -- adds the paths of the domain
from jobs.http.api import api


def _document() -> dict[str, Any]:
    return dict(api.get_openapi_schema())


def test_every_example_fits_its_own_schema() -> None:
    schemas = _document()["components"]["schemas"]
    shown = {name: schema["examples"] for name, schema in schemas.items() if "examples" in schema}
    assert {"Trigger", "QueueAction", "Bulk", "FlowIn", "RetryLetters"} <= set(shown)
    for name, examples in shown.items():
        validator = jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        )
        for example in examples:
            assert list(validator.iter_errors(example)) == [], name


def test_every_operation_has_a_sentence_and_documents_its_problems() -> None:
    for path, methods in _document()["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            assert "application/problem+json" in operation["responses"][401]["content"], (method, path)


def test_every_post_takes_an_idempotency_key() -> None:
    for path, methods in _document()["paths"].items():
        names = [parameter["name"] for parameter in methods.get("post", {}).get("parameters", ())]
        assert ("Idempotency-Key" in names) is ("post" in methods), path
