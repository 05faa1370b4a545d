"""What a Mini App is opened with (initData): believed only where our bot's token vouches for it.

The hash is HMAC-SHA256 over every pair but itself, sorted by name, under a key made of the
token. Pairs that nobody knows count too, ``signature`` among them. A name that comes twice, a
blank that was added, or anything that is no query at all is nobody's: whoever reads the first of
two would see somebody else than whoever reads the last.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import unquote_plus

import msgspec

from tramita.chats.ports import MistrustCode, NotTrusted, Opened, Person
from tramita.kit.outside import UNREADABLE, storable_text
from tramita.providers.telegram.wire_updates import WireUser

_LONGEST: Final = 8 * 1024
_MOST_PAIRS: Final = 40
_HALF_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]{1,11}", re.ASCII)
_START: Final = re.compile(r"[A-Za-z0-9_-]{1,512}", re.ASCII)
_AHEAD: Final = timedelta(seconds=60)
_LARGEST_ID: Final = 2**52


class _WebAppUser(WireUser):
    """Whoever opens it; some clients write the number as a text."""

    id: Annotated[int, msgspec.Meta(ge=1, lt=_LARGEST_ID)]


class StartMalformed(ValueError):
    """A Mini App is opened with at most 512 letters, digits, ``_`` and ``-``."""


class _Nobodys(Exception):
    """It is not believed; its message says why, and nothing of what was shown."""


@dataclass(frozen=True)
class MiniAppReader:
    """``MiniApp`` of the bot ``bot``, whose Mini App is ``app``."""

    token: str = field(repr=False)
    bot: str
    app: str
    valid_for: timedelta

    def link(self, start: str) -> str:
        """A direct link: in groups no other kind opens a Mini App."""
        if _START.fullmatch(start) is None:
            raise StartMalformed
        return f"https://t.me/{self.bot}/{self.app}?startapp={start}"

    def open(self, init_data: str, now: datetime) -> Opened | NotTrusted:
        """Who opens it; from a minute ahead of us on, nothing is believed."""
        try:
            pairs = _pairs(init_data)
            self._verify(pairs)
            opened = _opened(pairs, _time(pairs))
        except _Nobodys as why:
            return NotTrusted(MistrustCode.INVALID, str(why))
        if opened.auth_date - now > _AHEAD:
            return NotTrusted(MistrustCode.INVALID, "it comes from the future")
        if now - opened.auth_date > self.valid_for:
            return NotTrusted(MistrustCode.EXPIRED, "it is too old")
        return opened

    def _verify(self, pairs: Mapping[str, str]) -> None:
        shown = pairs.get("hash", "")
        if _HASH.fullmatch(shown) is None:
            raise _Nobodys("it has no hash")
        lines = "\n".join(f"{name}={pairs[name]}" for name in sorted(pairs) if name != "hash")
        key = hmac.new(b"WebAppData", self.token.encode(), hashlib.sha256).digest()
        expected = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, shown):
            raise _Nobodys("its hash is another")


def _pairs(init_data: str) -> dict[str, str]:
    parts = init_data.split("&")
    if len(init_data) > _LONGEST or len(parts) > _MOST_PAIRS:
        raise _Nobodys("it is too long")
    pairs: dict[str, str] = {}
    for part in parts:
        name, is_pair, value = part.partition("=")
        if not is_pair or not name or _HALF_ESCAPE.search(part):
            raise _Nobodys("it is no query")
        try:
            read = unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
            read[0].encode(), read[1].encode()
        except UnicodeError:
            raise _Nobodys("it is no text") from None
        if read[0] in pairs:
            raise _Nobodys("a name comes twice")
        pairs[read[0]] = read[1]
    return pairs


def _time(pairs: Mapping[str, str]) -> datetime:
    seconds = pairs.get("auth_date", "")
    if _SECONDS.fullmatch(seconds) is None:
        raise _Nobodys("it has no time")
    return datetime.fromtimestamp(int(seconds), UTC)


def _opened(pairs: Mapping[str, str], at: datetime) -> Opened:
    try:
        said = msgspec.json.decode(pairs.get("user", ""))
        user = msgspec.convert(said, _WebAppUser, strict=False)
    except UNREADABLE:
        raise _Nobodys("it names nobody") from None
    person = Person(
        user.id,
        storable_text(user.first_name),
        storable_text(user.last_name or ""),
        storable_text(user.username or ""),
        storable_text(user.language_code or ""),
        is_bot=user.is_bot,
    )
    return Opened(
        person,
        at,
        storable_text(pairs.get("chat_type", "")),
        storable_text(pairs.get("chat_instance", "")),
        storable_text(pairs.get("start_param", "")),
    )
