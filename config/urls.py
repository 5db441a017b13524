"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from analysis.http import alerts, coins, wallets
from enrichment.http import exchanges, news, orders, social
from execution.http import contracts, intents, notifications, senders, speech
from jobs.http.api import api
from monitoring.http import routes_alerts, routes_queues
from monitoring.http.prometheus import metrics

api.add_router("/wallets", wallets.router)
api.add_router("/coins", coins.router)
api.add_router("/jobs", coins.jobs_router)
api.add_router("/alerts", alerts.router)
api.add_router("/news", news.router)
api.add_router("/social", social.router)
api.add_router("/jobs/social-scraping", social.starting)
api.add_router("/exchange-accounts", exchanges.router)
api.add_router("/exchange-prices", exchanges.prices_router)
api.add_router("/orders", orders.router)
api.add_router("/intents", intents.router)
api.add_router("/senders", senders.router)
api.add_router("/contracts", contracts.router)
api.add_router("/speech", speech.router)
api.add_router("/notifications", notifications.router)
api.add_router("/queues", routes_queues.router)
api.add_router("/monitoring", routes_alerts.router)

urlpatterns = [
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),  # one door
    path("admin/", admin.site.urls),
    path("metrics", metrics),
    path("", include("jobs.http.urls")),
    path("", include("jobs.pages.urls")),
    path("", include("monitoring.pages.urls")),
    path("", include("analysis.pages.urls")),
    path("", include("enrichment.pages.urls")),
    path("", include("execution.pages.urls")),
]
