"""How GSIM is asked, and what its answers mean, whatever they are about."""

from collections.abc import Callable, Container
from typing import Final, TypeVar

from tramita.kit.answers import Reading, in_json, read_json
from tramita.kit.exchange import Answer
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Refused, Unknown
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection
from tramita.providers.gsim.wire import WireError

W = TypeVar("W")
T = TypeVar("T")

OK: Final = 200
ACCEPTED: Final = 202


def make_client(connection: Connection) -> JSONClient:
    """GSIM knows a repetition by ``X-Request-Id``."""
    return JSONClient(connection.exchange, connection.secret("token"), "x-request-id")


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

    def read(answer: Answer) -> T | NotUnderstood:
        said = read_json(answer, kind)
        if isinstance(said, NotUnderstood):
            return said
        return translate(said, answer.headers.get("etag"))

    def refuse(no: WireError) -> Refused:
        return Refused(code_of(no.code), f"{no.code}: {no.message}")

    return Reading("GSIM", in_json(WireError, refuse)).judge(answer, read, good=good)
