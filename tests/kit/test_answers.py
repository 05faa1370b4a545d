"""What an answer means, whatever a vendor, or somebody on the way to it, says."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.answers import Reading, in_json, read_json
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Refused, Unknown


class Thing(msgspec.Struct):
    """What a vendor keeps."""

    name: str


class No(msgspec.Struct):
    """How it says no."""

    code: str


ACME = Reading("Acme", in_json(No, lambda said: Refused(said.code, "no")))
THING, REFUSAL, PAGE = b'{"name": "a"}', b'{"code": "sold"}', b"<html>No</html>"


def judged(status: int, body: bytes) -> Done[Thing] | Refused | NotSent | Unknown:
    """What such an answer comes to."""
    return ACME.judge(Answer(status, {}, body), lambda answer: read_json(answer, Thing))


class TestJudge:
    @pytest.mark.parametrize(
        ("status", "body", "expected"),
        [
            (200, THING, Done(Thing("a"))),
            (204, THING, Done(Thing("a"))),
            (404, REFUSAL, Refused("sold", "no")),
            (422, REFUSAL, Refused("sold", "no")),
        ],
    )
    def test_believes_what_the_vendor_says(
        self, status: int, body: bytes, expected: object
    ) -> None:
        """A yes that can be read, and a no in its own words."""
        assert expected == judged(status, body)

    @pytest.mark.parametrize("status", [301, 400, 404, 408, 413, 421, 451])
    def test_believes_nobody_else(self, status: int) -> None:
        """A proxy's no ends nothing, and says of nothing that it is not there."""
        assert isinstance(judged(status, PAGE), Unknown)

    @pytest.mark.parametrize("body", [REFUSAL, PAGE, b""])
    @pytest.mark.parametrize("status", [401, 403])
    def test_takes_no_verdict_from_bad_credentials(
        self, status: int, body: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An alarm, and again slowly."""
        outcome = judged(status, body)

        assert isinstance(outcome, NotSent)
        assert timedelta(minutes=1) == outcome.retry_in
        assert "provider_rejects_credentials" in caplog.text

    @pytest.mark.parametrize("depth", [0, 1, 30, 500, 900, 990, 2000])
    @pytest.mark.parametrize("status", [200, 404, 500])
    def test_ends_in_an_outcome_however_deep(self, status: int, depth: int) -> None:
        """Around, and beside what is looked for."""
        deep = b"[" * depth + b"]" * depth
        for body in (deep, b'{"name": "a", "code": "b", "more": %s}' % (deep or b"0")):
            assert isinstance(judged(status, body), Done | Refused | NotSent | Unknown)

    @given(status=st.integers(100, 599), body=st.binary())
    def test_ends_in_an_outcome_whatever_comes(self, status: int, body: bytes) -> None:
        """Nothing is raised."""
        assert isinstance(judged(status, body), Done | Refused | NotSent | Unknown)
