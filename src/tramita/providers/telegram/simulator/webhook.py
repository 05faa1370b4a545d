"""Methods by which the bot is told of updates: where they are posted, or asking for them."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tramita.providers.telegram.simulator import errors
from tramita.providers.telegram.simulator import requests as ask
from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.records import Document
from tramita.simulation.deliveries import SubscriberNotLoopback
from tramita.simulation.front.asking import Refused

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_SECRET: Final = 256


@dataclass(frozen=True, slots=True)
class Registration:
    """The webhook of the bot."""

    there: Messenger
    request_id: str

    def set(self, wanted: ask.SetWebhook) -> bool:
        """``setWebhook``: this machine only, whatever the scheme."""
        if not wanted.url:
            return self._remove(drops=wanted.drop_pending_updates)
        secret = wanted.secret_token
        if secret is not None and len(secret) > _LONGEST_SECRET:
            raise Refused(errors.LONG_SECRET)
        if secret is not None and _SECRET.fullmatch(secret) is None:
            raise Refused(errors.BAD_SECRET)
        scheme = urlsplit(wanted.url).scheme
        if scheme != "https" and not (scheme == "http" and self.there.conditions.allows_http):
            raise Refused(errors.BAD_WEBHOOK)
        updates = self.there.updates
        try:
            updates.subscribe(wanted.url, secret=secret, drops=wanted.drop_pending_updates)
        except SubscriberNotLoopback as elsewhere:
            raise Refused(errors.BAD_WEBHOOK) from elsewhere
        if wanted.allowed_updates is not None:
            updates.allowed = tuple(wanted.allowed_updates)
        updates.most_connections = wanted.max_connections
        self._record("webhook_set", url=wanted.url)
        return True

    def delete(self, wanted: ask.DeleteWebhook) -> bool:
        """``deleteWebhook``."""
        return self._remove(drops=wanted.drop_pending_updates)

    def info(self, _: ask.Ask) -> Document:
        """``getWebhookInfo``."""
        return self.there.updates.shown()

    def fetch(self, wanted: ask.GetUpdates) -> list[Document]:
        """``getUpdates``, where no webhook is set."""
        updates = self.there.updates
        if updates.url is not None:
            raise Refused(errors.WEBHOOK_ACTIVE)
        if wanted.allowed_updates is not None:
            updates.allowed = tuple(wanted.allowed_updates)
        return updates.fetch(wanted.offset, wanted.limit)

    def _remove(self, *, drops: bool) -> bool:
        self.there.updates.subscribe(None, secret=None, drops=drops)
        self._record("webhook_deleted")
        return True

    def _record(self, effect: str, **data: object) -> None:
        bot = str(self.there.bot.id)
        self.there.world.record(effect, subject=bot, request_id=self.request_id, data={**data})
