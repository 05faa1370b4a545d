"""What QI Tech posts to ``/webhooks/qitech``: verified, and known again when it comes twice.

The signature is that of the answers, over the method and path of *our* endpoint. QI
Tech repeats a message that was not taken for up to 22 hours, with the same body;
whether it signs anew each time is on no page. So a genuine signature may be old, up to
``webhook_max_age``: playing a message again changes nothing, because it is known by
its content and taken once.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog

from tramita.kit.provider import Connection, Posted, Receiver
from tramita.providers.qitech.news_wire import Message, open_message, read_moment
from tramita.providers.qitech.signing import (
    AnswerVerifier,
    Distrust,
    ReceivedMessage,
    SignatureNotTrusted,
)

log = structlog.get_logger(__name__)

# The area's job, which handles a kept message; nothing of the area is imported for it.
JOB: Final = "portability.take_message"

# Looking at every member of a megabyte would hold everybody else up for seconds.
LONGEST_SPELLED: Final = 64 * 1024

_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
# Without leading zeros: what has them is a number of something, not a quantity.
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,29})(?:\.\d{1,20})?", re.ASCII)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class WebhookVerifier:
    """Whether QI Tech posted something to us, for our API key and our address.

    ``prefix`` is the path under which clients reach this installation, if any: QI Tech
    signs the address it was given, of which a proxy may have taken that away.
    """

    plain: AnswerVerifier
    encoded: AnswerVerifier
    max_age: timedelta
    prefix: str = ""
    clock: Callable[[], datetime] = _utc_now

    def verify(self, posted: Posted) -> bool:
        """Whether to believe it. Both generations are believed, whichever we sign in."""
        distrust = self._distrust(posted)
        if distrust is not None:
            log.warning("qitech_webhook_not_trusted", reason=distrust.value)
        return distrust is None

    def _distrust(self, posted: Posted) -> Distrust | None:
        if not is_addressed(posted):
            return Distrust.HEADER_MISSING
        distrust = self._distrust_as(self.plain, posted)
        if distrust is Distrust.BODY_MISMATCH:
            # The older generation signs the token that the body is.
            is_encoded = self._distrust_as(self.encoded, posted) is None
            return None if is_encoded else distrust
        return distrust

    def _distrust_as(self, verifier: AnswerVerifier, posted: Posted) -> Distrust | None:
        path = self.prefix + posted.path
        message = ReceivedMessage(posted.headers, posted.body, posted.method, path)
        try:
            verifier.verify(message, at=self.clock(), max_age=self.max_age)
        except SignatureNotTrusted as distrust:
            return distrust.reason
        return None


def is_addressed(posted: Posted) -> bool:
    """The header itself is not signed; but without it nothing says for whom it was."""
    authorization = posted.headers.get("authorization", "")
    return "api-client-key" in posted.headers or authorization.startswith("QIT ")


def make_receiver(connection: Connection) -> Receiver:
    """What takes QI Tech's messages, key parsed once."""
    settings, platform = connection.settings, connection.platform
    pem, client_key = settings.read_provider_key(platform), connection.secret("client_key")
    verifier = WebhookVerifier(
        AnswerVerifier(client_key, pem, "v2"),
        AnswerVerifier(client_key, pem, "v1"),
        max_age=timedelta(hours=settings.webhook_max_age),
        prefix=urlsplit(platform.public_url).path.rstrip("/"),
    )
    return Receiver(verifier.verify, JOB, vendor_id, admits=is_addressed)


def vendor_id(body: bytes) -> str | None:
    """What makes two messages one: type, key, status, time and data, however spelled.

    QI Tech numbers no message. White space, the order of members, the spelling of
    dates and of numbers make no difference; a message without type, key or time is
    compared as a whole. ``None`` for one that is unreadable, or far longer than any that was
    seen: it is known by its bytes.
    """
    message = open_message(body) if len(body) <= LONGEST_SPELLED else None
    if message is None:
        return None
    try:
        identity = msgspec.json.encode(_canonical(_identity(message)))
    except RecursionError:
        return None
    return hashlib.sha256(identity).hexdigest()


def _identity(message: Message) -> object:
    found = (message.type, message.key_text, message.happened_at)
    if None in found:
        return message.whole.members
    data = message.whole.members.get("data")
    at = message.happened_at
    return [message.type, message.key_text, message.status, at and at.isoformat(), data]


def _canonical(value: object) -> object:
    if isinstance(value, dict):
        return [[name, _canonical(value[name])] for name in sorted(value)]
    if isinstance(value, list):
        return [_canonical(member) for member in value]
    if isinstance(value, str):
        return _canonical_text(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _canonical_number(Decimal(value))
    return value


def _canonical_text(text: str) -> str:
    if _DATE_TIME.match(text) and (at := read_moment(text)) is not None:
        return at.isoformat()
    if _NUMBER.fullmatch(text):
        return _canonical_number(Decimal(text))
    return text


def _canonical_number(number: Decimal) -> str:
    """Sign, digits and power of ten, without the zeros that do not count."""
    sign, digits, power = number.as_tuple()
    written = "".join(map(str, digits))
    kept = written.rstrip("0")
    if not kept or not isinstance(power, int):
        return "0"
    return f"{'-' * sign}{kept.lstrip('0')}e{power + len(written) - len(kept)}"
