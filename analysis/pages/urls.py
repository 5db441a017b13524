"""The addresses of the wallet pages."""

from analysis.pages import similarity, wallets
from jobs.pages.urls import page

urlpatterns = [
    page("wallets", wallets.choose, "wallets"),
    page("wallets/similarity", similarity.choose, "similarity"),
    page("wallets/similarity/<str:request_id>", similarity.compared, "comparison"),
    page("wallets/<str:address>", wallets.wallet, "wallet"),
]
