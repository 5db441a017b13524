"""The addresses of the exchange pages."""

from enrichment.pages import exchange, exchanges
from jobs.pages.urls import page

urlpatterns = [
    page("exchanges", exchanges.listing, "exchanges"),
    page("exchanges/<str:uid>", exchange.account, "exchange"),
]
