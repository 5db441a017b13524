"""The Celery application: `celery -A config worker -Q ...`."""

import os

from jobs.app import Millrace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Millrace("millrace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
