"""How 1C is spoken to: JSON under a user's name and password, in a session that is used again."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown
from tramita.providers.onec.answers import did_nothing, lost_session
from tramita.providers.onec.sessions import Sessions

Heard = Answer | NotSent | Unknown

# What people wrote there, or here, of why.
_WORDS: Final = frozenset({"message", "reason"})
_SOON: Final = timedelta(seconds=10)


@dataclass(frozen=True)
class OneCClient:
    """Our access. No business here."""

    exchange: Exchange
    username: str
    password: str = field(repr=False)
    sessions: Sessions

    async def call(
        self,
        method: str,
        path: str,
        attempt: Attempt,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """Send ``body``, if there is one, as JSON; once more where 1C has lost our session."""
        content = b"" if body is None else msgspec.json.encode(body)
        known_as = b64encode(f"{self.username}:{self.password}".encode()).decode()
        own = {"authorization": f"Basic {known_as}", "accept": "application/json"}
        if content:
            own["content-type"] = "application/json; charset=utf-8"
        own |= dict(headers or {})
        try:
            async with self.sessions.place():
                return await self._within_session(
                    Request(method, path, content, own, words=_WORDS), attempt
                )
        except TimeoutError:
            return NotSent("every session of ours in 1C is at work", _SOON)

    async def _within_session(self, request: Request, attempt: Attempt) -> Heard:
        session = self.sessions.take()
        for _ in range(2):
            headers = {**request.headers, **session.headers}
            heard = await self.exchange.send(
                replace(request, headers=headers, nothing_done=did_nothing), attempt
            )
            if not isinstance(heard, Answer):
                self.sessions.give_back(session, is_answered=False)
                return heard
            if not lost_session(heard):
                break
            session = self.sessions.renewed()
        else:
            return NotSent("1C loses our session again and again", _SOON)
        session.told(heard.headers)
        self.sessions.give_back(session)
        return heard
