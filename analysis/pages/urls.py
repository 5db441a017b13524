"""The addresses of the analyst's pages."""

from analysis.pages import alerts, coins, similarity, wallets
from jobs.pages.urls import page

urlpatterns = [
    page("wallets", wallets.choose, "wallets"),
    page("wallets/similarity", similarity.choose, "similarity"),
    page("wallets/similarity/<str:request_id>", similarity.compared, "comparison"),
    page("wallets/<str:address>", wallets.wallet, "wallet"),
    page("coins", coins.choose, "coins"),
    page("coins/<str:slug>", coins.coin, "coin"),
    page("coins/<str:slug>/alerts", alerts.create, "coin-alerts"),
    page("alerts/<int:alert_id>", alerts.change, "alert"),
]
