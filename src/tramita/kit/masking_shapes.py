"""Personal data by its shape: single values as a reader may see them, and those inside a text."""

import re
from typing import Final

from stdnum import luhn
from stdnum.br import cpf

HIDDEN: Final = "•••"

# Most texts hold nothing to hide; this cheap look decides whether to look closely.
SHORTEST: Final = 8
_SUSPECT: Final = re.compile(
    r"\d(?:[\s().-]{0,3}\d){9}|@|eyJ|earer |\.\d{3}-[\dX]|RG|dentidade|(?:19\d|200)\d"
)

# Every repetition is bounded or cannot overlap with its neighbour, so that a hostile
# text costs linear time.
_SHAPES: Final = re.compile(
    r"""
    (?P<token>(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*|[Bb]earer\s[\w.~+/=-]+)
  | (?P<email>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})
  | (?P<cpf>(?<![\d.])\d{3}[.\s]?\d{3}[.\s]?\d{3}[-\s]\d{2}(?!\d)
      | (?<![\d.])\d{3}\.\d{3}\.\d{5}(?!\d))
  | (?P<rg>(?<!\w)(?:RG|[Ii]dentidade)\W{1,3}(?:n\W{1,3})?\d[\d.]{3,11}(?:-?[\dXx])?(?!\w)
      | (?<![\d.])\d{1,2}\.\d{3}\.\d{3}-[\dXx](?![\w-]))
  | (?P<date>(?<![\w/.-])\d{1,2}/\d{1,2}/(?:19\d|200)\d(?![\w/])
      | (?<![\w/.-])\d{2}(?P<_>[.-])\d{2}(?P=_)(?:19\d|200)\d(?![\w-])
      | (?<![\w/.-])(?:19\d|200)\d-\d{2}-\d{2}(?![\d-]))
  | (?P<phone>(?:(?<!\w)\+?55\s?)?\(\d{2}\)\s?9?\d{4}-?\d{4}(?!\d)
      | (?<!\w)\+55\s?\d{2}\s?9?\d{4}-?\d{4}(?!\d)
      | (?<![\w.,/-])0?[1-9]{2}[\s-]9\s?\d{4}[\s-]?\d{4}(?![\w-])
      | (?<![\w.,/-])0?[1-9]{2}[\s-](?!(?:19|20)\d\d-(?:19|20)\d\d)[2-5]\d{3}-\d{4}(?![\w-]))
  | (?P<card>(?<!\d)\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?!\d))
  | (?P<device>(?<!\d)(?:\d{32}|89\d{17,18})(?!\d))
  | (?P<digits>(?<![0-9a-f]{4}-)(?<![\w.,])\d{11,16}(?!\w))
    """,
    re.VERBOSE,
)


_FIRST_DIGIT: Final = re.compile(r"\d")
# All of a date that is not its year.
_YEAR: Final = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def mask_cpf(text: str) -> str:
    """``16514548091`` as ``•••.145.•••-••``; what is not eleven digits is all hidden."""
    digits = digits_of(text)
    return f"•••.{digits[3:6]}.•••-••" if len(digits) == 11 else HIDDEN


def mask_phone(phone: str) -> str:
    """``11987654321`` or ``+55 (11) 98765-4321`` as ``(11) 9••••-4321``."""
    digits = digits_of(phone)
    if len(digits) in (12, 13) and digits.startswith("55"):
        digits = digits[2:]
    if len(digits) not in (10, 11):
        return last_of(digits, 4)
    leading = "9••••" if len(digits) == 11 else "••••"
    return f"({digits[:2]}) {leading}-{digits[-4:]}"


def mask_card(number: str) -> str:
    """A card number as ``•••• 1234``."""
    return f"•••• {digits_of(number)[-4:]}" if len(digits_of(number)) >= 12 else HIDDEN


def mask_device(identifier: str) -> str:
    """An IMEI, EID or ICCID by its last four digits: ``•••3210``."""
    return last_of(digits_of(identifier), 4)


def mask_token(token: str) -> str:
    """A long token by its first four characters, ``066d•••``; a short one is all hidden."""
    return f"{token[:4]}{HIDDEN}" if len(token) >= 24 else HIDDEN


def mask_name(name: str) -> str:
    """``Maria de Souza`` as ``M••• d••• S•••``."""
    return " ".join(f"{word[0]}{HIDDEN}" for word in name.split())


def mask_email(email: str) -> str:
    """``maria@example.com`` as ``m•••@example.com``."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}{HIDDEN}@{domain}" if at else HIDDEN


def mask_shapes(text: str) -> str:
    """A text with what looks like somebody's data, or like a token, hidden."""
    return _SHAPES.sub(_masked_shape, text) if _SUSPECT.search(text) else text


def _masked_shape(found: re.Match[str]) -> str:
    text = found[0]
    match found.lastgroup:
        case "token":
            return HIDDEN
        case "email":
            return mask_email(text)
        case "cpf":
            # Without dots it may be a number of any kind with a check digit or two.
            return mask_cpf(text) if "." in text or cpf.is_valid(digits_of(text)) else text
        case "rg":
            return _masked_rg(text)
        case "date":
            # Who takes a loan or a line was born before; later dates are due dates and events.
            return _YEAR.sub("••", text)
        case "phone":
            return mask_phone(text.removeprefix("0"))
        case "card":
            return mask_card(text)
        case "device":
            return mask_device(text)
        case _:
            return _masked_digits(text)


def _masked_rg(text: str) -> str:
    found = _FIRST_DIGIT.search(text)
    start = found.start() if found else 0
    return f"{text[:start]}{HIDDEN}{text[-2:]}"


def _masked_digits(digits: str) -> str:
    """Hide eleven digits that are a CPF or a mobile, phones with 55, and what passes Luhn.

    Other long numbers are contract or settlement numbers, which a reader of the
    journal needs.
    """
    if len(digits) == 11 and cpf.is_valid(digits_of(digits)):
        return mask_cpf(digits)
    is_international = len(digits) in (12, 13) and digits[:2] == "55"
    if is_international or (len(digits) == 11 and digits[2] == "9"):
        return mask_phone(digits)
    return mask_card(digits) if len(digits) >= 14 and luhn.is_valid(digits_of(digits)) else digits


def digits_of(text: str) -> str:
    # Of whatever script; check digits are counted in these.
    return "".join(str(int(one)) for one in text if one.isdecimal())


def last_of(text: str, count: int) -> str:
    return f"{HIDDEN}{text[-count:]}" if len(text) > count else HIDDEN
