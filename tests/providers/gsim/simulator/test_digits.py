import pytest

from tramita.providers.gsim.simulator.digits import is_eid, is_iccid, is_imei, is_msisdn, luhn_digit


class TestDigits:
    @pytest.mark.parametrize(
        "imei",
        [
            *("353879234252633", "490154203237518", "356938035643809", "352099001761481"),
            "3538792342526300",
        ],
    )
    def test_take_an_imei(self, imei: str) -> None:
        """Fifteen digits pass by Luhn, sixteen (IMEISV) without."""
        assert is_imei(imei)

    @pytest.mark.parametrize("imei", ["353879234252634", "35387923425263", "35387923425263a", ""])
    def test_refuse_what_is_no_imei(self, imei: str) -> None:
        """A wrong check digit or length is noticed."""
        assert not is_imei(imei)

    @pytest.mark.parametrize(
        ("eid", "is_one"),
        [
            ("89049032123451234512345678901235", True),
            ("89034011560010000000000000000121", True),
            ("89049032123451234512345678901236", False),
            ("8904903212345123451234567890123", False),
        ],
    )
    def test_know_an_eid(self, eid: str, is_one: bool) -> None:
        """Thirty-two digits leave 1 when divided by 97."""
        assert is_one == is_eid(eid)

    def test_know_a_mobile_number(self) -> None:
        """Thirteen digits with the nine; an old or a landline number is none."""
        assert is_msisdn("5511912345678")
        assert not any(map(is_msisdn, ("551112345678", "5511812345678", "5510912345678")))

    def test_complete_a_sim_card(self) -> None:
        """With its Luhn digit a payload is an ICCID, with any other it is not."""
        payload = "895510" + "0" * 12
        right = luhn_digit(payload)
        assert [right] == [digit for digit in "0123456789" if is_iccid(payload + digit)]
