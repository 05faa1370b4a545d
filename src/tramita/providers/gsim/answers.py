"""What an answer of GSIM's means, whatever it is about: done, refused, not sent or unknown."""

from collections.abc import Callable, Container
from datetime import timedelta
from typing import Final, TypeVar

import msgspec
import structlog

from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Refused, Unknown
from tramita.providers.gsim.wire import WireError

log = structlog.get_logger(__name__)

W = TypeVar("W")
T = TypeVar("T")

OK: Final = 200
ACCEPTED: Final = 202
# Our credentials are wrong, not what was asked for: asked again slowly.
_UNAUTHORIZED: Final = frozenset({401, 403})
_AFTER_UNAUTHORIZED: Final = timedelta(minutes=1)
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read_answer(
    answer: Answer | NotSent | Unknown,
    kind: type[W],
    *,
    translate: Callable[[W, str | None], T],
    code_of: Callable[[str], str],
    good: Container[int] = frozenset({OK}),
) -> Done[T] | Refused | NotSent | Unknown:
    """Read a record out of an answer with a ``good`` status; ``translate`` gets its tag too.

    ``code_of`` puts GSIM's codes of refusal into our words.
    """
    if not isinstance(answer, Answer):
        return answer
    if answer.status in _UNAUTHORIZED:
        log.error("gsim_unauthorized", status=answer.status)
        return NotSent("GSIM rejects our credentials", _AFTER_UNAUTHORIZED)
    if 400 <= answer.status < 500:
        return _refused(answer, code_of)
    if answer.status not in good:
        return Unknown(f"HTTP {answer.status}")
    try:
        said = msgspec.json.decode(answer.body, type=kind)
    except _UNREADABLE as error:
        return Unknown(f"unreadable answer: {error}")
    return Done(translate(said, answer.headers.get("etag")))


def _refused(answer: Answer, code_of: Callable[[str], str]) -> Refused | Unknown:
    try:
        said = msgspec.json.decode(answer.body, type=WireError)
    except _UNREADABLE:
        # Defensive: proxies on the way answer 404 and 413 too, and know nothing of devices.
        return Unknown(f"HTTP {answer.status} without a readable reason")
    return Refused(code_of(said.code), f"{said.code}: {said.message}")
