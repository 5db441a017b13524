"""Django settings, from the environment (and `.env`); every value has a default that works offline."""

from config.settings.base import *  # noqa: F403 -- Django reads settings as module attributes
