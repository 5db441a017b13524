"""The ASGI application: pages, HTTP API and WebSocket."""

import os
from typing import Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 -- Django must be set up before
from django.conf import settings  # noqa: E402 -- as above

from jobs.heap import freeze_imports  # noqa: E402 -- as above
from jobs.http.limits import BodyLimit  # noqa: E402 -- as above
from jobs.socket.routing import websocket  # noqa: E402 -- as above

application = ProtocolTypeRouter(
    {"http": BodyLimit(cast("Any", _pages), settings.DATA_UPLOAD_MAX_MEMORY_SIZE), "websocket": websocket}
)
freeze_imports()
