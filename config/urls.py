"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from analysis.http import wallets
from enrichment.http import exchanges, orders
from jobs.http.api import api

api.add_router("/wallets", wallets.router)
api.add_router("/exchange-accounts", exchanges.router)
api.add_router("/exchange-prices", exchanges.prices_router)
api.add_router("/orders", orders.router)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("jobs.http.urls")),
    path("", include("jobs.pages.urls")),
    path("", include("analysis.pages.urls")),
    path("", include("enrichment.pages.urls")),
]
