"""A chord: its body waits until every part of its header has returned."""

from django.db import models


class Chord(models.Model):
    """A chord whose body has not been enqueued yet.

    `size` is how many parts return, None while they are still being enqueued. `header` is the header's
    result tree (Celery's tuples) when groups are nested in it, so that the body gets the same nesting.
    """

    id = models.BigAutoField(primary_key=True)
    group_id = models.CharField(max_length=255)
    size = models.IntegerField(null=True)
    header = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group_id"], name="chord_once"),)

    def __str__(self) -> str:
        return f"chord {self.group_id}"


class ChordPart(models.Model):
    """A part that returned: once per job, whatever comes twice. `value` is Celery's JSON."""

    id = models.BigAutoField(primary_key=True)
    chord = models.ForeignKey(Chord, models.CASCADE, related_name="parts")
    uid = models.CharField(max_length=255)
    place = models.IntegerField(null=True)
    state = models.CharField(max_length=10)
    value = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["chord", "uid"], name="chord_part_once"),)

    def __str__(self) -> str:
        return f"{self.uid} of {self.chord_id}: {self.state}"
