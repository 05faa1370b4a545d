"""What Lyra posts to us (its IPN): a form in which ``kr-answer`` is signed by ``kr-hash``.

The hash is HMAC-SHA256 of the answer's own text under the shop's password. A message tells of one
transaction and how it stands; the same again is the same message, whatever else is in it, and is
known again for ever, so that one that was recorded and is sent once more has no effect.
"""

import hashlib
import hmac
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from tramita.kit.outside import UNREADABLE
from tramita.kit.provider import Connection, Posted, Receiver

# The area's job, which handles a kept message; nothing of the area is imported for it.
JOB: Final = "payments.take_message"
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 50


def answer_in(body: bytes) -> str:
    """The text of ``kr-answer``; raises ``ValueError`` where there is none."""
    fields = _fields(body)
    if "kr-answer" not in fields:
        raise ValueError("there is no kr-answer")
    return fields["kr-answer"]


def make_receiver(connection: Connection) -> Receiver:
    """What takes Lyra's messages."""
    password = connection.secret("password")

    def is_form(posted: Posted) -> bool:
        return posted.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM

    def verify(posted: Posted) -> bool:
        if not is_form(posted):
            return False
        try:
            fields = _fields(posted.body)
        except ValueError:
            return False
        if fields.get("kr-hash-algorithm") != "sha256_hmac" or "kr-answer" not in fields:
            return False
        answer = fields["kr-answer"].encode(errors="surrogatepass")
        expected = hmac.new(password.encode(), answer, hashlib.sha256).hexdigest()
        presented = fields.get("kr-hash", "").encode(errors="surrogatepass")
        return hmac.compare_digest(expected.encode(), presented)

    return Receiver(verify, JOB, vendor_id, admits=is_form)


def vendor_id(body: bytes) -> str | None:
    """Transaction and status: what makes a message the same as one before."""
    try:
        said: Any = msgspec.json.decode(answer_in(body))
        transaction = said["transactions"][0]
        parts = (transaction["uuid"], transaction["status"], transaction["detailedStatus"])
    except (*UNREADABLE, LookupError, TypeError):
        return None
    return ":".join(map(str, parts))


def _fields(body: bytes) -> dict[str, str]:
    """The form's fields, each once; raises ``ValueError`` for what is no form."""
    pairs = parse_qsl(
        body.decode(),
        keep_blank_values=True,
        strict_parsing=True,
        max_num_fields=_MOST_FIELDS,
        errors="strict",
    )
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field comes twice")
    return fields
