"""Periodic jobs that let go of what was told and spoken long ago."""

from datetime import timedelta
from typing import Annotated

from celery import shared_task
from pydantic import Field

from execution.services.notifications.retention import remove_old_notifications
from execution.services.speech.files import remove_old_speech, remove_stray_files
from jobs import Unique, progress

Days = Annotated[int, Field(ge=1, le=3650)]


@shared_task(time_limit=600, stale_after=900, unique=Unique())
def cleanup_old_notifications(*, older_than_days: Days = 90) -> int:
    """Delete notifications older than so many days; until then their keys deliver nothing twice."""
    removed = remove_old_notifications(timedelta(days=older_than_days))
    progress(1, f"{removed:,} notifications removed")
    return removed


@shared_task(time_limit=600, stale_after=900, unique=Unique())
def cleanup_old_speech(*, older_than_days: Days = 30) -> int:
    """Delete what was spoken more than so many days ago, with its files, and files that belong to nothing."""
    removed = remove_old_speech(timedelta(days=older_than_days))
    strays = remove_stray_files()
    progress(1, f"{removed:,} texts removed, {strays:,} files that belonged to none")
    return removed
