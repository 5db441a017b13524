"""Flower's settings, which it reads from the folder that it is started in: nobody gets in without a password."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from flower.views.monitor import Metrics
from tornado.web import authenticated

if not settings.FLOWER_LOGINS:
    raise ImproperlyConfigured("FLOWER_BASIC_AUTH: set the name and password for Flower, as name:password")
basic_auth = settings.FLOWER_LOGINS
Metrics.get = authenticated(Metrics.get)  # Flower itself shows the names of tasks and workers to everybody
