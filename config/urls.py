"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from analysis.http import wallets
from execution.http import contracts, intents
from jobs.http.api import api

api.add_router("/wallets", wallets.router)
api.add_router("/intents", intents.router)
api.add_router("/contracts", contracts.router)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("jobs.http.urls")),
    path("", include("jobs.pages.urls")),
    path("", include("analysis.pages.urls")),
    path("", include("execution.pages.urls")),
]
