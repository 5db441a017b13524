"""Texts that were spoken, or will be."""

from django.db import models


class Speech(models.Model):
    """One text in one voice, once: `key` is a hash of both, of the pace and of the engine.

    `file` is empty until it is spoken. `seconds` is how long the sound is, `size` its bytes.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    voice = models.CharField(max_length=64)
    speed = models.FloatField()
    engine = models.CharField(max_length=200)
    job_uid = models.CharField(max_length=255)
    file = models.FileField(max_length=200, blank=True)
    seconds = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    sample_rate = models.IntegerField(null=True)
    size = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    spoken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "speeches"

    @property
    def stored_as(self) -> str:
        """The file's name in the storage; empty until there is one."""
        return self.file.name or ""

    def __str__(self) -> str:
        return f"{self.voice}: {self.text[:60]}"
