"""Users, tokens and clients of the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.fence.connection import client as redis
from jobs.models import ApiToken


class Api:
    """The API as a program uses it: JSON in, JSON out."""

    def __init__(self, token: str | None = None, *, enforce_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=enforce_csrf)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api/v1."""
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST JSON below /api/v1."""
        return self.client.post(
            f"/api/v1{path}", body, content_type="application/json", headers=self.headers | headers
        )

    def patch(self, path: str, body: Any = None) -> Any:
        """PATCH JSON below /api/v1."""
        return self.client.patch(
            f"/api/v1{path}", body, content_type="application/json", headers=self.headers
        )


@pytest.fixture
def clean_redis() -> Iterator[None]:
    """An empty Redis before and after."""
    redis().flushall()
    yield
    redis().flushall()


@pytest.fixture
def operator(db: None) -> User:
    """Somebody who may change jobs."""
    return User.objects.create_user("operator", password="secret", is_staff=True)


@pytest.fixture
def viewer(db: None) -> User:
    """Somebody who may only look."""
    return User.objects.create_user("viewer", password="secret")


def token_for(user: User, name: str = "test") -> str:
    """A fresh token of the user."""
    token = ApiToken.generate()
    ApiToken.objects.create(name=name, digest=ApiToken.digest_of(token), user=user)
    return token


@pytest.fixture
def api(clean_redis: None, operator: User) -> Api:
    """The API with an operator's token."""
    return Api(token_for(operator))
