"""Reading bodies: what it costs the process that others wait for."""

import sys
from types import FrameType
from typing import Annotated, Any

import msgspec
import pytest

from tramita.kit.errors import InvalidError, TramitaError
from tramita.kit.http.bodies import (
    DEEPEST,
    MOST_VALUES,
    MalformedBody,
    decode_body,
    holds_anything,
)
from tramita.portability.api.schemas import EnvelopeBody, LinkBody

MiB = 1024 * 1024
# A call costs up to a microsecond on a small machine, so these are less than 50 milliseconds.
MOST_CALLS = 3 * MOST_VALUES


class Free(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=200)]
    about: dict[str, Any] = {}


class Nested(msgspec.Struct):
    inner: list["Nested"] = []


def _calls_in(body: bytes, kind: type[Any]) -> int:
    """How many functions are called, ours and the libraries', to read a body."""
    calls = 0

    def count(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        decode_body(body, kind)
    except TramitaError:
        pass
    finally:
        sys.setprofile(before)
    return calls


HOSTILE = {
    "lists": b"[" + b"[]," * (MiB // 3) + b"[]]",
    "deep lists": b"[" + (b"[" * 90 + b"]" * 90 + b",") * (MiB // 181) + b"[]]",
    "objects": b'{"contracts":[' + b"{}," * (MiB // 3) + b"{}]}",
    "texts": b'{"contracts":[' + b'"",' * (MiB // 3) + b'""]}',
    "numbers": b'{"about":{"a":[' + b"1," * (MiB // 2) + b'1]},"name":"x"}',
    "names": b"{" + b",".join(b'"%d":1' % n for n in range(80_000)) + b"}",
    "NULs": b'{"about":{"a":["' + b'\\u0000","' * (MiB // 9) + b'"]},"name":"x"}',
    "one NUL": b'{"name":"\\u0000","about":{"a":[' + b"{}," * (MiB // 3) + b"{}]}}",
    "one text": b'{"name":"' + b"a" * MiB + b'"}',
    "commas": b'{"name":"' + b"," * MiB + b'"}',
    "just examined": b'{"contracts":[' + b"{}," * (MOST_VALUES // 2 - 2) + b"{}]}",
}


class TestABodyOfAMebibyte:
    @pytest.mark.parametrize("kind", [EnvelopeBody, LinkBody, Free, Nested, Any])
    @pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
    def test_takes_a_bounded_number_of_steps(self, body: bytes, kind: type[Any]) -> None:
        """Nobody else of this process waits for long, whatever is in it."""
        assert _calls_in(body, kind) < MOST_CALLS

    def test_still_names_an_error(self) -> None:
        """The first one, where it is."""
        body = b'{"name":"x","about":{"a":[' + b"1," * (MiB // 2) + b'1]},"nose":1}'

        with pytest.raises(InvalidError) as refused:
            decode_body(body, Free)

        assert [("body", "invalid")] == [(one.path, one.code) for one in refused.value.errors]
        assert "nose" in refused.value.errors[0].message


class TestHoldsAnything:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [(EnvelopeBody, False), (LinkBody, False), (Nested, False), (Free, True), (Any, True)],
    )
    def test_is_known_of_a_type(self, kind: Any, expected: bool) -> None:
        """Only what holds values of any type can be deeper than its type is."""
        assert expected == holds_anything(kind)

    def test_leads_to_a_look_at_the_depth(self) -> None:
        """What is stored must be read again."""
        deep = b'{"name":"x","about":{"a":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}}"

        with pytest.raises(MalformedBody):
            decode_body(deep, Free)
