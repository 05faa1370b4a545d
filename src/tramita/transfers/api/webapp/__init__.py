"""``/api/webapp/v1``: what the Mini App, and our bot, ask for."""

from typing import Final

BASE: Final = "/api/webapp/v1"
