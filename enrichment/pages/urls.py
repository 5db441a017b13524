"""The addresses of the pages about exchanges, news and what people say."""

from enrichment.pages import exchange, exchanges, news, social
from jobs.pages.urls import page

urlpatterns = [
    page("exchanges", exchanges.listing, "exchanges"),
    page("exchanges/<str:uid>", exchange.account, "exchange"),
    page("news", news.search, "news"),
    page("social/<str:coin>", social.show, "social"),
    page("social/<str:coin>/panel", social.panel, "social-panel"),
]
