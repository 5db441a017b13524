"""scrape_social_data against the sandbox."""

import pytest

from enrichment.models import SocialMetric, SocialPost
from enrichment.tasks import index_market_news, scrape_social_data
from jobs import testing
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def test_try(outside: Outside) -> None:
    with testing.inline() as jobs:
        result = scrape_social_data.delay(coin="PEBL")
    print(result.get())
    print(SocialPost.objects.count(), SocialMetric.objects.count())
    with testing.inline() as jobs:
        result = index_market_news.delay()
    print(result.get())
    with testing.inline() as jobs:
        result = index_market_news.delay()
    print(result.get())
