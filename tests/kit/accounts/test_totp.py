"""Codes of an authenticator app, by the vectors of RFC 4226 and RFC 6238."""

import pytest

from tramita.kit.accounts.totp import (
    SECONDS,
    address_of,
    code_at,
    find_step,
    new_secret,
    step_at,
    written,
)

SECRET = b"12345678901234567890"


class TestACode:
    @pytest.mark.parametrize(
        ("at", "code"),
        [
            # RFC 6238, appendix B, SHA-1; the last six of its eight digits.
            (59, "94287082"),
            (1111111109, "07081804"),
            (1111111111, "14050471"),
            (1234567890, "89005924"),
            (2000000000, "69279037"),
            (20000000000, "65353130"),
        ],
    )
    def test_is_that_of_the_standard(self, at: int, code: str) -> None:
        """What every authenticator app shows."""
        assert code[-6:] == code_at(SECRET, step_at(at))

    @pytest.mark.parametrize(
        ("step", "code"),
        [(0, "755224"), (1, "287082"), (2, "359152"), (8, "399871"), (9, "520489")],
    )
    def test_is_that_of_its_counter(self, step: int, code: str) -> None:
        """RFC 4226, appendix D."""
        assert code == code_at(SECRET, step)


class TestAStep:
    @pytest.mark.parametrize(
        ("off", "is_found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_may_be_one_off(self, off: int, is_found: bool) -> None:
        """A clock may be half a minute wrong, and no more."""
        now = 59
        code = code_at(SECRET, step_at(now + 10 * SECONDS) + off)

        found = find_step(SECRET, code, at=now + 10 * SECONDS, after=0)

        assert is_found is (found is not None)

    def test_that_was_used_is_no_more(self) -> None:
        """Nor one before it: who looked over the shoulder comes too late."""
        now = step_at(1111111111)

        assert now == find_step(SECRET, "050471", at=1111111111, after=now - 1)
        assert find_step(SECRET, "050471", at=1111111111, after=now) is None

    @pytest.mark.parametrize("code", ["", "05047", "0504711", "abcdef", "éééééé"])
    def test_is_found_by_no_other_text(self, code: str) -> None:
        """Whatever is typed is compared, and raises nothing."""
        assert find_step(SECRET, code, at=1111111111, after=0) is None


class TestASecret:
    def test_is_new_each_time_and_long_enough(self) -> None:
        """160 bits, as RFC 4226 wants them."""
        one, other = new_secret(), new_secret()

        assert one != other
        assert 20 == len(one)

    def test_is_told_to_an_app_and_to_a_person(self) -> None:
        """By a QR code's address, and in groups that can be typed."""
        address = address_of(SECRET, email="ana@example.com", issuer="Acme & Co")

        assert "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" == written(SECRET)
        assert address == (
            "otpauth://totp/Acme%20%26%20Co%3Aana%40example.com"
            "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%26%20Co"
        )
