"""Which of Sigan's numbers can be used."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.providers.sigan.numbers import MOST_FAULTS, Judged, find_fault, judge_numbers

GOOD = "5511987654321"
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)
ANYTHING = LEAVES | st.fixed_dictionaries({"msisdn": LEAVES})


def entries(*msisdns: object) -> list[dict[str, Any]]:
    """What Sigan lists."""
    return [{"position": at, "msisdn": msisdn} for at, msisdn in enumerate(msisdns, start=1)]


class TestFindFault:
    @pytest.mark.parametrize(
        ("msisdn", "fault"),
        [
            (GOOD, None),
            ("5511900000000", None),
            ("551187654321", "lacks the ninth digit of a mobile number"),
            ("551132654321", "is a fixed line"),
            ("+5511987654321", "begins with a plus"),
            ("5521987654321", "is of area code 21, not 11"),
            ("5555987654321", "is of area code 55, not 11"),
            ("5510987654321", "is not 55, an area code, 9 and eight digits"),
            ("551187654321a", "is not 55, an area code, 9 and eight digits"),
            ("55119ABCDEFGH", "is not 55, an area code, 9 and eight digits"),
            ("5511887654321", "is not 55, an area code, 9 and eight digits"),
            ("11987654321", "is not 55, an area code, 9 and eight digits"),
            ("5411987654321", "is not 55, an area code, 9 and eight digits"),
            ("55119876543210", "is not 55, an area code, 9 and eight digits"),
            (f"{GOOD}\n", "is not 55, an area code, 9 and eight digits"),
            (f" {GOOD}", "is not 55, an area code, 9 and eight digits"),
            (
                "\N{ARABIC-INDIC DIGIT FIVE}511987654321",
                "is not 55, an area code, 9 and eight digits",
            ),
            ("", "is not 55, an area code, 9 and eight digits"),
            (5511987654321, "is not a text"),
            (None, "is not a text"),
            ([GOOD], "is not a text"),
        ],
    )
    def test_takes_nothing_but_a_mobile_of_the_area_code(
        self, msisdn: object, fault: str | None
    ) -> None:
        """Anything else is somebody else's number, or nobody's."""
        assert fault == find_fault(msisdn, ddd="11")

    @pytest.mark.parametrize("msisdn", ["5555987654321", "5511955555555"])
    def test_is_not_confused_by_area_code_55(self, msisdn: str) -> None:
        """Santa Maria's area code is the country's, too."""
        asked = msisdn[2:4]

        assert find_fault(msisdn, ddd=asked) is None

    def test_takes_any_area_code_where_none_was_asked_for(self) -> None:
        """How a hold stands is asked by its id alone."""
        assert find_fault("5521987654321", ddd=None) is None


class TestJudgeNumbers:
    def test_keeps_the_good_ones_in_their_order_and_names_the_others(self) -> None:
        """A good number is worth keeping whatever stands beside it."""
        listed = entries("5511900000002", "551187654321", "5511900000001", "5511900000002")

        assert Judged(
            ("5511900000002", "5511900000001"),
            (
                "Number 2, (11) ••••-4321, lacks the ninth digit of a mobile number.",
                "Number 4, (11) 9••••-0002, is there twice.",
            ),
        ) == judge_numbers(listed, ddd="11")

    @pytest.mark.parametrize("entry", [None, "5511987654321", 7, [], {}, {"position": 1}])
    def test_takes_an_entry_of_any_shape(self, entry: object) -> None:
        """What has no msisdn is a fault like any other."""
        assert Judged((), ("Number 1, •••, is not a text.",)) == judge_numbers([entry], ddd="11")

    def test_names_no_more_faults_than_somebody_reads(self) -> None:
        """A list of a hundred thousand faults is one fault."""
        assert MOST_FAULTS == len(judge_numbers(entries(*range(1000)), ddd="11").faults)

    @given(listed=st.lists(ANYTHING, max_size=MOST_FAULTS))
    def test_never_fails(self, listed: list[object]) -> None:
        """Whatever comes, it is judged."""
        judged = judge_numbers(listed, ddd=None)

        assert len(listed) == len(judged.good) + len(judged.faults)
