"""What is an identifier of a device or SIM, and what is not."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from tramita.kit.errors import FieldError
from tramita.numbering.devices.identifiers import (
    Checked,
    check_eid,
    check_iccid,
    check_imei,
    check_tac,
    tac_of,
)

IMEIS = ["353879234252633", "490154203237518", "356938035643809", "352099001761481"]
EIDS = [
    "89049032123451234512345678901235",
    "89034011560010000000000000000121",
    "89001012012341234012345678901224",
    "89001567010203040506070809101152",
    "89044011112233441122334411223321",
]
ICCIDS = ["89550421234567890128", "8955042123456789012"]
Check = Callable[[str], Checked]


def digits(length: int) -> st.SearchStrategy[str]:
    """Any digits of this length."""
    return st.text("0123456789", min_size=length, max_size=length)


def with_luhn(body: str) -> str:
    """The digits with the one check digit that fits."""
    return next(body + one for one in "0123456789" if luhn.is_valid(body + one))


def with_check_digits(body: str) -> str:
    """Thirty digits as an EID."""
    return f"{body}{98 - int(body) * 100 % 97:02}"


def sound() -> st.SearchStrategy[tuple[Check, str]]:
    """A sound identifier and its check."""
    return st.one_of(
        st.tuples(st.just(check_imei), digits(14).map(with_luhn)),
        st.tuples(st.just(check_iccid), digits(18).map(with_luhn) | digits(19).map(with_luhn)),
        st.tuples(st.just(check_eid), digits(30).map(with_check_digits)),
    )


class TestSoundIdentifiers:
    @pytest.mark.parametrize(
        ("check", "text"),
        [
            *((check_imei, one) for one in IMEIS),
            *((check_eid, one) for one in EIDS),
            *((check_iccid, one) for one in ICCIDS),
            (check_imei, "3538792342526301"),
            (check_tac, "35387923"),
        ],
    )
    def test_are_taken(self, check: Check, text: str) -> None:
        """Those of the specifications and of well-known examples."""
        assert text == check(text)

    @given(sound())
    def test_are_taken_whatever_their_digits(self, one: tuple[Check, str]) -> None:
        """The check digits alone decide."""
        check, text = one

        assert text == check(text)

    @pytest.mark.parametrize(
        "text",
        ["35 387923 425263 3", "35-387923-425263-3", "35.387923/425263 3", " 353879234252633\n"],
    )
    def test_may_stand_in_groups(self, text: str) -> None:
        """As on boxes and screens; what counts is the digits."""
        assert "353879234252633" == check_imei(text)

    def test_tell_their_model(self) -> None:
        """By the first eight digits of an IMEI."""
        assert "35387923" == tac_of(IMEIS[0])


class TestUnsoundIdentifiers:
    @pytest.mark.parametrize(
        ("check", "text", "code", "message"),
        [
            (check_imei, "35387923425263", "invalid_imei", "An IMEI has 15 digits, an IMEISV 16"),
            (check_imei, "", "invalid_imei", "An IMEI has 15 digits, an IMEISV 16"),
            (
                check_imei,
                "353879234252634",
                "invalid_imei",
                "The check digit of this IMEI is wrong",
            ),
            (check_tac, "3538792", "invalid_tac", "A TAC has 8 digits"),
            (check_tac, "3538792A", "invalid_tac", "A TAC has 8 digits"),
            (check_tac, "٣٥٣٨٧٩٢٣", "invalid_tac", "A TAC has 8 digits"),
            (check_tac, "35³87923", "invalid_tac", "A TAC has 8 digits"),
            (check_eid, EIDS[0][:31], "invalid_eid", "An EID has 32 digits"),
            (check_eid, "0x" + EIDS[0][2:], "invalid_eid", "An EID has 32 digits"),
            (
                check_eid,
                EIDS[0][:31] + "6",
                "invalid_eid",
                "The check digits of this EID are wrong",
            ),
            (check_iccid, ICCIDS[0][:18], "invalid_iccid", "An ICCID has 19 or 20 digits"),
            (
                check_iccid,
                "89550421234567890127",
                "invalid_iccid",
                "The check digit of this ICCID is wrong",
            ),
        ],
    )
    def test_are_refused_with_a_sentence(
        self, check: Check, text: str, code: str, message: str
    ) -> None:
        """Which says what is wrong, and never the number itself."""
        field = code.removeprefix("invalid_")

        assert FieldError(field, code, message) == check(text)

    @given(sound(), st.data())
    def test_have_one_wrong_digit(self, one: tuple[Check, str], data: st.DataObject) -> None:
        """Any single slip is found, wherever it is."""
        check, text = one
        place = data.draw(st.integers(0, len(text) - 1))
        wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))

        assert isinstance(check(text[:place] + wrong + text[place + 1 :]), FieldError)

    @given(st.text(max_size=40))
    def test_may_be_any_text(self, text: str) -> None:
        """Whatever somebody sends is an identifier or a field error."""
        for check in (check_imei, check_tac, check_eid, check_iccid):
            assert isinstance(check(text), str | FieldError)
