"""The addresses of the pages about news and what people say."""

from enrichment.pages import news, social
from jobs.pages.urls import page

urlpatterns = [
    page("news", news.search, "news"),
    page("social/<str:coin>", social.show, "social"),
    page("social/<str:coin>/panel", social.panel, "social-panel"),
]
