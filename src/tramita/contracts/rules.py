"""What a customer's document must look like. Pure checks."""

import re

from validate_docbr import CNPJ, CPF

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")


def normalize_document(number: str) -> str:
    """Without punctuation and blanks, letters in capitals."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def is_document(kind: str, number: str) -> bool:
    """Whether a normalized document can be one of its kind, check digits included."""
    match kind:
        case "cpf":
            return number.isdecimal() and bool(CPF().validate(number))
        case "cnpj":
            return bool(CNPJ().validate(number))
        case "inn":
            return number.isdecimal() and _is_inn(number)
        case _:
            return _PASSPORT.fullmatch(number) is not None


def _is_inn(number: str) -> bool:
    """A Russian tax number: 10 digits for companies, 12 for people."""
    digits = [int(one) for one in number]
    if len(digits) == 10:
        return _check_digit(digits, _INN_10) == digits[9]
    return (
        len(digits) == 12
        and _check_digit(digits, _INN_11) == digits[10]
        and _check_digit(digits, _INN_12) == digits[11]
    )


def _check_digit(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(d * w for d, w in zip(digits, weights, strict=False)) % 11 % 10
