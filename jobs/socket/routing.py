"""Where the socket is, with everything that guards it."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from jobs.socket.consumer import JobsConsumer
from jobs.socket.origin import SameSite

_ROUTES = [path("ws/jobs/", JobsConsumer.as_asgi()), re_path("", WebsocketDenier.as_asgi())]

websocket = SameSite(AuthMiddlewareStack(URLRouter(_ROUTES)))
