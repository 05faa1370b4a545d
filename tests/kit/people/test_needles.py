"""A text names somebody when a whole word of it is theirs, however it is written and folded."""

import json
from base64 import b64encode, urlsafe_b64encode

import pytest

from tramita.kit.people.needles import Needles, unfold

NEEDLES = Needles.of(
    ["acme:A-0001", "066d2f49-057f-4b0a-926d-1651454809ab", "7"],
    ["16514548091", "Maria Conceição", "maria@example.com", "+5511987654321", "São"],
)
KEY = "066d2f49-057f-4b0a-926d-1651454809ab"
TOKEN = ".".join(
    urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg":"ES512"}', b'{"key":"' + KEY.encode() + b'"}', b"\x00\xff\x12signed")
)


def is_named(body: bytes, *, is_anybodys: bool = True) -> bool:
    return NEEDLES.are_in(unfold(body), is_anybodys=is_anybodys)


class TestNeedles:
    @pytest.mark.parametrize(
        "body",
        [
            b'{"cpf": "165.145.480-91"}',
            b"document=16514548091&x=1",
            b"call +55 11 98765-4321, or +5511987654321",
            b"to: Maria@Example.com",
            "dona maria conceição".encode(),
            json.dumps({"name": "Maria Conceição"}).encode(),
            b64encode(b'{"document": "16514548091"}'),
            b'{"inner": "' + b64encode(b64encode(b'{"cpf": "165.145.480-91"}')) + b'"}',
        ],
    )
    def test_find_a_person_however_they_are_written(self, body: bytes) -> None:
        """With punctuation, escaped, or folded into base64, twice."""
        assert is_named(body)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"id": "' + KEY.upper().encode() + b'"}',
            b'{"number": "acme:A-0001"}',
            b'{"encoded_body": "' + TOKEN.encode() + b'"}',
        ],
    )
    def test_find_a_thing_by_its_key(self, body: bytes) -> None:
        """In plain sight or in a signed token, and whoever's message it is."""
        assert is_named(body, is_anybodys=False)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"number": "A-0001"}',
            b'{"number": "acme:A-00010", "other": "bacme:A-0001"}',
            b'{"attempt": 7}',
            b"16514548091000",
            b"\xff\xfe\x00",
            b"",
        ],
    )
    def test_leave_what_only_looks_like_it(self, body: bytes) -> None:
        """Another partner's number, a part of a longer one, and what is too short to tell."""
        assert not is_named(body)

    def test_do_not_take_a_persons_other_messages(self) -> None:
        """What is understood belongs to whose thing it names; a namesake is no reason."""
        assert not is_named(b'{"cpf": "16514548091", "key": "another"}', is_anybodys=False)
