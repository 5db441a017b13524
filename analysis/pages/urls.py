"""The addresses of the wallet pages."""

from analysis.pages import wallets
from jobs.pages.urls import page

urlpatterns = [
    page("wallets", wallets.choose, "wallets"),
    page("wallets/<str:address>", wallets.wallet, "wallet"),
]
