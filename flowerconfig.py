"""Flower's settings, which it reads from the folder that it is started in.

People reach it behind the site, at /flower/; its own port wants a password.
"""

from django.conf import settings
from flower.views.monitor import Metrics
from tornado.web import authenticated

url_prefix = "flower"
basic_auth = [f"{settings.FLOWER_USER}:{settings.FLOWER_PASSWORD}", *settings.FLOWER_LOGINS]
Metrics.get = authenticated(Metrics.get)  # Flower itself shows the names of tasks and workers to everybody
