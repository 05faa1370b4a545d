"""What a customer's document and phone must look like. Pure checks."""

import re
from typing import Final

from stdnum.br import cnpj, cpf
from stdnum.ru import inn

_CPF_DIGITS = re.compile(r"[0-9]{11}")
_BRAZILIAN = re.compile(r"9[0-9]{8}|[2-5][0-9]{7}")
# All there are; the other pairs of digits are not assigned to anybody.
AREA_CODES: Final = frozenset(
    "11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 "
    "51 53 54 55 61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 "
    "93 94 95 96 97 98 99".split()
)
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")


def normalize_document(number: str) -> str:
    """Without punctuation and blanks, letters in capitals."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def is_document(kind: str, number: str) -> bool:
    """Whether a normalized document can be one of its kind, check digits included."""
    match kind:
        case "cpf":
            return is_cpf(number)
        case "cnpj":
            return cnpj.is_valid(number)
        case "inn":
            return inn.is_valid(number)
        case _:
            return _PASSPORT.fullmatch(number) is not None


def is_cpf(digits: str) -> bool:
    """Whether these are the eleven digits of a CPF."""
    is_formed = _CPF_DIGITS.fullmatch(digits) is not None
    # Eleven times the same digit is what people make up, and nobody has.
    return is_formed and len(set(digits)) > 1 and cpf.is_valid(digits)


def is_phone(number: str) -> bool:
    """Whether a number in international form (``+5511987654321``) can be one.

    Of other countries only the form is known.
    """
    if not number.startswith("+55"):
        return True
    return is_brazilian_phone(number[3:5], number[5:])


def is_brazilian_phone(area_code: str, number: str) -> bool:
    """Whether a mobile (nine digits, from 9) or fixed (eight, from 2 to 5) number is of there."""
    return area_code in AREA_CODES and _BRAZILIAN.fullmatch(number) is not None
