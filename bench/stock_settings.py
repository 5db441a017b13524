"""What a Django project with django-celery-results and nothing else sets."""

import os
from urllib.parse import urlsplit

_url = urlsplit(os.environ.get("DATABASE_URL", ""))

SECRET_KEY = "measured on this machine only"
INSTALLED_APPS = ["django_celery_results"]
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.strip("/"),
        "USER": _url.username,
        "PASSWORD": _url.password,
        "HOST": _url.hostname,
        "PORT": _url.port,
        "CONN_MAX_AGE": None,
    }
}
