"""The navigation says where one is."""

import pytest
from django.test import RequestFactory

from jobs.pages.context import frame


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["Overview"]),
        ("/jobs/a/b", ["Jobs"]),
        ("/wallets/similarity", ["Wallets"]),
        ("/alerts/guide", ["Alerts"]),
        ("/dead-letters/cause/x", ["Dead letters"]),
        ("/jobsite", []),
    ],
)
def test_an_address_belongs_to_the_place_above_it(path: str, current: list[str]) -> None:
    groups = frame(RequestFactory().get(path))["navigation"]
    assert [place["label"] for group in groups for place in group["places"] if place["current"]] == current
