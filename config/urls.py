"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from analysis.http import wallets
from jobs.http.api import api
from monitoring.http import routes_alerts, routes_queues
from monitoring.http.prometheus import metrics

api.add_router("/wallets", wallets.router)
api.add_router("/queues", routes_queues.router)
api.add_router("/monitoring", routes_alerts.router)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("metrics", metrics),
    path("", include("jobs.http.urls")),
    path("", include("jobs.pages.urls")),
    path("", include("monitoring.pages.urls")),
    path("", include("analysis.pages.urls")),
]
