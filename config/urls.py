"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("jobs.http.urls")),
    path("", include("jobs.pages.urls")),
    path("", include("analysis.pages.urls")),
]
