"""What people say about coins, and how much of it. Coins go by their mint, or by their symbol without one."""

from django.db import models


class ScrapedCoin(models.Model):
    """A coin that somebody asked about, and under which names people talk of it.

    While `watched`, it is looked for every half hour. `scraped_at` is when every platform was last asked.
    """

    coin = models.CharField(max_length=64, unique=True)
    symbol = models.CharField(max_length=64)
    name = models.CharField(max_length=255, default="")
    watched = models.BooleanField(default=True)
    scraped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["symbol"], name="scraped_coin_symbol"),)

    def __str__(self) -> str:
        return self.symbol


class SocialPost(models.Model):
    """A post, stored once. `sentiment` is from -1 to 1."""

    platform = models.CharField(max_length=16)
    post_id = models.CharField(max_length=512)
    author = models.CharField(max_length=128, default="")
    text = models.TextField()
    url = models.TextField()
    posted_at = models.DateTimeField()
    sentiment = models.FloatField()
    likes = models.BigIntegerField(default=0)
    replies = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["platform", "post_id"], name="social_post_once"),)
        indexes = (models.Index(fields=["posted_at"], name="social_post_age"),)

    def __str__(self) -> str:
        return f"{self.platform} {self.post_id}"


class SocialMention(models.Model):
    """A post speaks of a coin."""

    post = models.ForeignKey(SocialPost, models.CASCADE, related_name="mentions")
    coin = models.CharField(max_length=64)
    posted_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["post", "coin"], name="social_mention_once"),)
        indexes = (models.Index(fields=["coin", "-posted_at"], name="social_mention_latest"),)

    def __str__(self) -> str:
        return f"{self.coin} in {self.post_id}"


class SocialMetric(models.Model):
    """What one platform said about a coin in one hour; `sentiment` is the mean over its posts."""

    coin = models.CharField(max_length=64)
    platform = models.CharField(max_length=16)
    window_start = models.DateTimeField()
    mentions = models.IntegerField()
    sentiment = models.FloatField()
    positive = models.IntegerField()
    negative = models.IntegerField()
    engagement = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["coin", "platform", "window_start"], name="social_metric_once"),
        )
        indexes = (models.Index(fields=["window_start"], name="social_metric_age"),)

    def __str__(self) -> str:
        return f"{self.coin} on {self.platform} at {self.window_start:%Y-%m-%d %H:%M}"
