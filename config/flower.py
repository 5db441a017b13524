"""Flower behind the site, at /flower/: as in flowerconfig.py, and the site itself may log in."""

from django.conf import settings
from flower.views.monitor import Metrics
from tornado.web import authenticated

url_prefix = "flower"
basic_auth = [f"{settings.FLOWER_USER}:{settings.FLOWER_PASSWORD}", *settings.FLOWER_LOGINS]
Metrics.get = authenticated(Metrics.get)  # Flower itself shows the names of tasks and workers to everybody
