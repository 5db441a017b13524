from typing import Any

from django.db import migrations, models
from django.db.models import F


def offer_what_is_signed(apps: Any, _: Any) -> None:
    """Nobody knows of forms that were signed before whether a node has them: it may be."""
    forms = apps.get_model("execution", "SignedTransaction").objects
    forms.filter(offered_at=None).update(offered_at=F("signed_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('execution', '0004_plurals'),
    ]

    operations = [
        migrations.AddField(
            model_name='contract',
            name='request_key',
            field=models.CharField(max_length=100, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='signedtransaction',
            name='fills',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='signedtransaction',
            name='offered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(offer_what_is_signed, migrations.RunPython.noop),
    ]
