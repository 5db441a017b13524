"""Wiring: settings, the Celery application, URLs, queues and schedules. Imported by nobody."""
