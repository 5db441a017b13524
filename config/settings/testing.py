"""Settings of the test suite: the same as in production, on throw-away services."""

from config.settings.base import *  # noqa: F403 -- Django reads settings as module attributes

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
