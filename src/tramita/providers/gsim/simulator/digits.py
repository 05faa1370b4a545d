"""Numbers that prove themselves: Luhn on SIM cards and IMEIs, modulo 97 on EIDs."""

import re

_ICCID = re.compile(r"89\d{17,18}")
_MSISDN = re.compile(r"55[1-9]{2}9\d{8}")


def luhn_digit(payload: str) -> str:
    """The digit that makes ``payload`` pass Luhn when it is put behind it."""
    return str(-_luhn_sum(f"{payload}0") % 10)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn digit of the others."""
    return _luhn_sum(digits) % 10 == 0


def is_iccid(text: str) -> bool:
    """Nineteen or twenty digits of a SIM card, the last by Luhn."""
    return _ICCID.fullmatch(text) is not None and passes_luhn(text)


def is_msisdn(text: str) -> bool:
    """A Brazilian mobile number: ``55``, the area code, ``9`` and eight more."""
    return _MSISDN.fullmatch(text) is not None


def is_tac(text: str) -> bool:
    """The first eight digits of an IMEI."""
    return _is_digits(text, 8)


def is_imei(text: str) -> bool:
    """Fifteen digits, the last by Luhn, or sixteen (IMEISV), which has no check digit."""
    return _is_digits(text, 16) or (_is_digits(text, 15) and passes_luhn(text))


def is_eid(text: str) -> bool:
    """Thirty-two digits, as a number one more than a multiple of 97."""
    return _is_digits(text, 32) and int(text) % 97 == 1


def _is_digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()


def _luhn_sum(digits: str) -> int:
    doubled = (divmod(2 * int(digit), 10) for digit in digits[-2::-2])
    return sum(map(int, digits[-1::-2])) + sum(map(sum, doubled))
