"""The addresses of monitoring's pages."""

from jobs.pages.urls import page
from monitoring.pages import alerts, guide, performance, queues

urlpatterns = [
    page("queues/<str:name>/history", queues.history, "queue-history"),
    page("performance", performance.show, "performance"),
    page("alerts", alerts.show, "platform-alerts"),
    page("alerts/firing", alerts.firing, "firing-alerts"),
    page("alerts/guide", guide.show, "guide"),
    page("alerts/guide/<slug:name>", guide.show, "guide-page"),
]
