"""What every page's frame shows: where one can go, and where one is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def frame(request: HttpRequest) -> dict[str, Any]:
    """The navigation of `PAGES_NAVIGATION`: groups of entries, the current one marked."""
    groups = [
        {
            "label": group,
            "places": [
                {"name": name, "label": label, "icon": icon, "current": _under(request.path, reverse(name))}
                for name, label, icon in entries
            ],
        }
        for group, entries in settings.PAGES_NAVIGATION.items()
    ]
    return {"navigation": groups}


def _under(here: str, place: str) -> bool:
    """Whether an address is a place or below it: `/wallets/similarity` belongs to `/wallets`."""
    return here == place or (place != "/" and here.startswith(f"{place}/"))
