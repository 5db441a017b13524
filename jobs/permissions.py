"""Three levels of what a user may do with jobs, as Django's own permissions."""

from django.contrib.auth.models import Permission
from django.db.models import Q

VIEW, OPERATE, ADMINISTER = "view", "operate", "administer"
LEVELS = (VIEW, OPERATE, ADMINISTER)

# Operating is enqueuing jobs, moving them, and dealing with dead letters.
_OPERATING = ("add_job", "change_job", "change_deadletter")
_APPS = ("jobs", "django_celery_beat", "django_celery_results")


def permissions_of(level: str) -> list[Permission]:
    """Every permission of a level, those of the levels below included."""
    wanted = Q(content_type__app_label__in=_APPS, codename__startswith="view_")
    if level == OPERATE:
        wanted |= Q(content_type__app_label="jobs", codename__in=_OPERATING)
    if level == ADMINISTER:
        wanted |= Q(content_type__app_label__in=_APPS)
    return list(Permission.objects.filter(wanted))
