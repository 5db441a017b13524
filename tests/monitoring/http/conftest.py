"""Users and clients of the API, as its own tests have them."""

from tests.jobs.http.conftest import api, clean_redis, operator, viewer

__all__ = ["api", "clean_redis", "operator", "viewer"]
