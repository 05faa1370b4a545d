"""How the Bot API is spoken to: our token in the path, parameters in JSON, or beside a file.

The token is sent and told to nobody: what is journalled begins after it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.errors import ConfigurationError
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.multipart import FilePart, multipart
from tramita.kit.outcome import NotSent, Unknown

Heard = Answer | NotSent | Unknown
Parameters = Mapping[str, object]

_TOKEN: Final = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{1,100}", re.ASCII)
_FILE_PATH: Final = re.compile(r"(?!.*\.\.)[A-Za-z0-9_./-]{1,300}", re.ASCII)


class TokenMalformed(ConfigurationError):
    """TRAMITA_TELEGRAM_BOT_TOKEN is no token of a bot: a number, a colon, and letters."""


@dataclass(frozen=True)
class BotClient:
    """Our access. No business here."""

    exchange: Exchange
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        """Let no token be anything but a part of a path."""
        if _TOKEN.fullmatch(self.token) is None:
            raise TokenMalformed

    @property
    def bot_id(self) -> int:
        """The number of our bot."""
        return int(self.token.partition(":")[0])

    async def call(self, method: str, parameters: Parameters, attempt: Attempt) -> Heard:
        """Call a method of the Bot API."""
        body, headers = msgspec.json.encode(parameters), {"content-type": "application/json"}
        return await self.exchange.send(self._request(method, body, headers), attempt)

    async def upload(
        self, method: str, parameters: Parameters, file: FilePart, attempt: Attempt
    ) -> Heard:
        """The same with a file; parameters that are no texts are JSON in it."""
        fields = {
            name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
            for name, value in parameters.items()
        }
        kind, form = multipart(file, fields)
        shown = b"a file of %d bytes" % len(file.content)
        request = self._request(method, form, {"content-type": kind}, shown)
        return await self.exchange.send(request, attempt)

    async def download(self, path: str, attempt: Attempt) -> Heard:
        """What ``getFile`` gave this path."""
        request = Request("GET", f"/{path}", secret_path=f"/file/bot{self.token}")
        return await self.exchange.send(request, attempt)

    def _request(
        self, method: str, body: bytes, headers: Mapping[str, str], shown: bytes | None = None
    ) -> Request:
        secret = f"/bot{self.token}"
        return Request("POST", f"/{method}", body, headers, shown, secret_path=secret)


def is_file_path(text: str) -> bool:
    """Whether a path can be one of Telegram's, and leads nowhere else."""
    return _FILE_PATH.fullmatch(text) is not None
