"""Flower's settings: it is reached through the site at /flower/, and nobody else knows its password."""

from django.conf import settings

url_prefix = "flower"
basic_auth = [f"{settings.FLOWER_USER}:{settings.FLOWER_PASSWORD}"]
