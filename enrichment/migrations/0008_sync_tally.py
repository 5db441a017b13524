from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrichment', '0007_news_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='syncstate',
            name='tally',
            field=models.JSONField(null=True),
        ),
    ]
