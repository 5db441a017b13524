"""What every page's frame shows: where one can go, and where one is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The navigation of `PAGES_NAVIGATION`: groups of entries, the current one marked."""
    match = request.resolver_match
    here = (match.url_name or "") if match else ""
    groups = [
        {
            "label": group,
            "places": [
                {"name": name, "label": label, "icon": icon, "current": _under(here, name)}
                for name, label, icon in entries
            ],
        }
        for group, entries in settings.PAGES_NAVIGATION.items()
    ]
    return {"navigation": groups}


def _under(here: str, name: str) -> bool:
    """Whether an address belongs to an entry: `job` to `jobs`, `dead-letter-cause` to `dead-letters`."""
    return here == name or (name.endswith("s") and here.startswith(name[:-1]) and name != "overview")
