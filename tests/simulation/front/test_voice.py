"""Vendors that answer plain JSON, each with a table of errors."""

import pytest

from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault, FaultBook, FaultOrder
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused
from tramita.simulation.front.voice import JSONVoice
from tramita.simulation.kinds import Conduct, Step

BUSY = Error(503, "BUSY", "Come again.", {"retry-after": "1"})
NO, UNKNOWN = Error(401, "NO", "Not you."), Error(404, "UNKNOWN", "There is no such thing.")
OTHER = Error(404, "OTHER", "There is no other thing.")
ERRORS = ErrorTable(NO, UNKNOWN, OTHER, BUSY, by_kind={"sold_out": OTHER})
BROKEN = Error(500, "BROKEN", "Something broke.")


def voice_of(errors: ErrorTable = ERRORS, **headers: str) -> JSONVoice:
    return JSONVoice(Asking("ask", "r-1", headers=headers), errors, "secret")


def fault(kind: str, **arguments: bool | float | str) -> Fault:
    kinds = {"sold_out": Conduct(Step.REFUSE, status=404)}
    return FaultBook(kinds).add(FaultOrder(kind=kind, arguments={**arguments}))


class TestErrorTable:
    @pytest.mark.parametrize(
        ("status", "kind", "said"),
        [
            (404, "http_404", UNKNOWN),
            (404, "sold_out", OTHER),
            (418, "http_418", Error(418, "HTTP_418", "Simulated: http_418.")),
            (502, "", Error(502, "HTTP_502", "Simulated: 502.")),
        ],
    )
    def test_goes_by_the_kind_and_then_by_the_status(
        self, status: int, kind: str, said: Error
    ) -> None:
        """The first error of a status speaks for it; one that is not there is made up."""
        assert said == ERRORS.of(status, kind)

    def test_may_have_one_word_for_whatever_is_wrong_inside(self) -> None:
        """Every 5xx that the table lacks."""
        table = ErrorTable(BUSY, internal=BROKEN)

        assert BUSY == table.of(503)
        assert Error(502, "BROKEN", "Something broke.") == table.of(502)
        assert "HTTP_403" == table.of(403).code


class TestHearing:
    @pytest.mark.parametrize(
        "authorization", ["", "secret", "Bearer", "Bearer Secret", "bearer secret", "Bearer ção"]
    )
    def test_needs_the_token(self, authorization: str) -> None:
        """Anything else is refused with the vendor's own 401."""
        voice = voice_of(authorization=authorization)

        with pytest.raises(Refused) as refused:
            voice.hear(voice.asking)

        assert NO == refused.value.error

    def test_takes_a_request_as_it_is(self) -> None:
        """With the token, nothing of it changes."""
        voice = voice_of(authorization="Bearer secret")

        assert voice.asking is voice.hear(voice.asking)


class TestSayingNo:
    def test_is_one_envelope(self) -> None:
        """Code, message, request id, and what belongs to this no alone."""
        said = voice_of().say_no(Refused(UNKNOWN, available=0))

        envelope = {
            "code": "UNKNOWN",
            "message": "There is no such thing.",
            "requestId": "r-1",
            "available": 0,
        }
        assert Answer(404, envelope) == said

    def test_may_be_worded_for_the_case(self) -> None:
        """A sentence of its own takes the place of the table's."""
        body = voice_of().say_no(Refused(UNKNOWN, "Nothing of that name.")).body

        assert isinstance(body, dict)
        assert ("UNKNOWN", "Nothing of that name.") == (body["code"], body["message"])

    def test_of_a_fault_is_in_the_same_envelope(self) -> None:
        """The code of the table, or the one that the fault names, under the fault's status."""
        usual = voice_of().refusal(fault("http_503"), 503)
        named = voice_of().refusal(fault("sold_out", code="WORN_OUT"), 200)

        assert isinstance(usual.body, dict)
        assert isinstance(named.body, dict)
        assert (503, "BUSY", {"retry-after": "1"}) == (
            usual.status,
            usual.body["code"],
            usual.headers,
        )
        assert (200, "WORN_OUT", OTHER.message) == (
            named.status,
            named.body["code"],
            named.body["message"],
        )


class TestSealing:
    def test_names_the_request(self) -> None:
        """JSON with the request's id; a header of the answer goes before the usual one."""
        parcel = voice_of().seal(Answer(200, {"a": 1}, {"content-type": "text/plain"}))

        expected = {"content-type": "text/plain", "x-request-id": "r-1"}
        assert (200, expected, b'{"a":1}') == (parcel.status, dict(parcel.headers), parcel.body)

    @pytest.mark.parametrize("status", [204, 304])
    def test_lets_nothing_follow_an_answer_without_a_body(self, status: int) -> None:
        """Whatever a fault has made of it."""
        assert b"" == voice_of().seal(Answer(status, b"{}")).body
