"""The addresses of the API and the probes."""

from django.urls import path

from jobs.http.api import api
from jobs.http.probes import healthz, readyz

urlpatterns = [path("api/v1/", api.urls), path("healthz", healthz), path("readyz", readyz)]
