"""An edge of a flow: the parent waits for the child."""

from django.db import models
from django.db.models import Q


class Dependency(models.Model):
    """`parent` may run when its children are done; `done` marks a child that was counted down, once.

    `well`: whether that child completed.
    `regardless`: the parent only follows the child, however that ends, and then takes its place as the live
    job of their unique key.
    """

    id = models.BigAutoField(primary_key=True)
    parent = models.ForeignKey("jobs.Job", models.CASCADE, related_name="children", db_constraint=False)
    child = models.ForeignKey("jobs.Job", models.CASCADE, related_name="parents", db_constraint=False)
    done = models.BooleanField(default=False)
    well = models.BooleanField(default=False, db_default=False)
    regardless = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["parent", "child"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(parent=models.F("child")), name="dependency_not_on_itself"),
        )

    def __str__(self) -> str:
        return f"{self.parent_id} waits for {self.child_id}"
