"""Identifiers of devices and SIMs: what is one, and a sentence for what is not.

IMEI and TAC are by 3GPP TS 23.003, the ICCID's check digit by ITU-T E.118, the EID's by
GSMA SGP.02 and SGP.29. All of them are personal data (of a TAC, only in company): the
sentences never repeat what was given.
"""

import re
from typing import Final, TypeAlias

from stdnum import luhn

from tramita.kit.errors import FieldError

# The digits of an identifier, or what is wrong with it.
Checked: TypeAlias = str | FieldError

# People copy identifiers from boxes and screens, where they stand in groups.
_BETWEEN_GROUPS: Final = re.compile(r"(?<=[0-9])[ ./-](?=[0-9])")
_TAC_LENGTH: Final = 8


def check_imei(text: str, path: str = "imei") -> Checked:
    """An IMEI of 15 digits with its check digit, or an IMEISV of 16 digits without one."""
    digits = _digits(text, 15, 16)
    if digits is None:
        return FieldError(path, "invalid_imei", "An IMEI has 15 digits, an IMEISV 16")
    if len(digits) == 15 and not luhn.is_valid(digits):
        return FieldError(path, "invalid_imei", "The check digit of this IMEI is wrong")
    return digits


def check_tac(text: str, path: str = "tac") -> Checked:
    """A TAC, the first eight digits of an IMEI, which tell the model."""
    digits = _digits(text, _TAC_LENGTH)
    if digits is None:
        return FieldError(path, "invalid_tac", "A TAC has 8 digits")
    return digits


def check_eid(text: str, path: str = "eid") -> Checked:
    """An EID, the number of an eSIM's chip: 32 digits that leave 1 when divided by 97."""
    digits = _digits(text, 32)
    if digits is None:
        return FieldError(path, "invalid_eid", "An EID has 32 digits")
    if int(digits) % 97 != 1:
        return FieldError(path, "invalid_eid", "The check digits of this EID are wrong")
    return digits


def check_iccid(text: str, path: str = "iccid") -> Checked:
    """An ICCID, the number of a SIM: 19 or 20 digits, the last of which checks the others."""
    digits = _digits(text, 19, 20)
    if digits is None:
        return FieldError(path, "invalid_iccid", "An ICCID has 19 or 20 digits")
    if not luhn.is_valid(digits):
        return FieldError(path, "invalid_iccid", "The check digit of this ICCID is wrong")
    return digits


def tac_of(imei: str) -> str:
    """The model's part of an IMEI or IMEISV."""
    return imei[:_TAC_LENGTH]


def _digits(text: str, *lengths: int) -> str | None:
    digits = _BETWEEN_GROUPS.sub("", text.strip())
    # Python's own idea of a digit includes those of every script.
    return digits if len(digits) in lengths and re.fullmatch(r"[0-9]+", digits) else None
