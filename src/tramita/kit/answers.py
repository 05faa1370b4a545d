"""What an answer means, by one rule for all providers.

- 401 and 403: our credentials are wrong, not what was asked for. An alarm, no verdict, and no
  storm of retries: asked again slowly.
- A good status whose body can be read: done.
- Any other 4xx in the provider's own words: refused.
- Everything else is unknown. Proxies and firewalls on the way answer 404 and 413 too, and know
  nothing of contracts: no refusal and no "never seen" is read into what a provider did not say.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

import msgspec
import structlog

from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood

log = structlog.get_logger(__name__)

T = TypeVar("T")
W = TypeVar("W")

_UNAUTHORIZED: Final = frozenset({401, 403})
_AFTER_UNAUTHORIZED: Final = timedelta(minutes=1)

Judged = Refused | NotSent | Unknown


@dataclass(frozen=True)
class Reading:
    """How one provider speaks.

    ``in_its_words`` reads a no; not understood, or ``None``: it is nobody's, or not the
    provider's.
    ``unauthorized`` are the statuses by which it rejects our credentials.
    """

    provider: str
    in_its_words: Callable[[Answer], Judged | NotUnderstood | None]
    unauthorized: Container[int] = _UNAUTHORIZED

    def judge(
        self,
        answer: Answer | NotSent | Unknown,
        read: Callable[[Answer], T | NotUnderstood],
        *,
        good: Container[int] = range(200, 300),
    ) -> Done[T] | Judged:
        """``read`` makes our words of an answer with a ``good`` status."""
        if not isinstance(answer, Answer):
            return answer
        if answer.status in self.unauthorized:
            return self.rejected(f"HTTP {answer.status}")
        if answer.status in good:
            return _read(answer, read)
        no = self.in_its_words(answer) if 400 <= answer.status < 500 else None
        if no is not None and not isinstance(no, NotUnderstood):
            return no
        log.warning("not_in_the_providers_words", provider=self.provider, status=answer.status)
        return Unknown(f"HTTP {answer.status}, and not in {self.provider}'s words")

    def rejected(self, why: str) -> NotSent:
        """Our credentials do not count there."""
        log.error("provider_rejects_credentials", provider=self.provider, why=why)
        return NotSent(f"{self.provider} rejects our credentials: {why}", _AFTER_UNAUTHORIZED)


def read_json(answer: Answer, kind: type[W]) -> W | NotUnderstood:
    """The body as a ``kind``."""
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except UNREADABLE as error:
        return NotUnderstood(str(error))


def in_json(kind: type[W], translate: Callable[[W], T]) -> Callable[[Answer], T | NotUnderstood]:
    """Reads a body as a ``kind`` and puts it in our words."""

    def read(answer: Answer) -> T | NotUnderstood:
        said = read_json(answer, kind)
        return said if isinstance(said, NotUnderstood) else translate(said)

    return read


def _read(answer: Answer, read: Callable[[Answer], T | NotUnderstood]) -> Done[T] | Unknown:
    said = read(answer)
    if isinstance(said, NotUnderstood):
        return Unknown(f"unreadable answer, HTTP {answer.status}: {said.why}")
    return Done(said)
