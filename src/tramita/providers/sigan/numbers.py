"""Which of Sigan's numbers can be used, and what is wrong with the others: pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tramita.kit.masking_shapes import mask_phone

MOST_FAULTS: Final = 20

# ASCII digits only: a number in other digits is equal to no number of ours.
_MOBILE: Final = re.compile(r"55([1-9][1-9])9[0-9]{8}")
_OLD_MOBILE: Final = re.compile(r"55[1-9][1-9][6-9][0-9]{7}")
_FIXED_LINE: Final = re.compile(r"55[1-9][1-9][2-5][0-9]{7}")


@dataclass(frozen=True, slots=True)
class Judged:
    """``good`` numbers in Sigan's order, each once; ``faults`` name the others, masked."""

    good: tuple[str, ...]
    faults: tuple[str, ...]


def judge_numbers(entries: Iterable[object], *, ddd: str | None) -> Judged:
    """Read ``[{"position": 1, "msisdn": "5511987654321"}, …]``, whatever stands in it.

    ``ddd``: the area code that was asked for; ``None``: any.
    """
    good: dict[str, None] = {}
    faults: list[str] = []
    for place, entry in enumerate(entries, start=1):
        msisdn = entry.get("msisdn") if isinstance(entry, dict) else None
        fault = find_fault(msisdn, ddd=ddd)
        if fault is None and isinstance(msisdn, str) and msisdn not in good:
            good[msisdn] = None
        else:
            faults.append(f"Number {place}, {_shown(msisdn)}, {fault or 'is there twice'}.")
    return Judged(tuple(good), tuple(faults[:MOST_FAULTS]))


def find_fault(msisdn: object, *, ddd: str | None) -> str | None:
    """What is wrong with a number, as the end of a sentence; ``None``: nothing is."""
    if not isinstance(msisdn, str):
        return "is not a text"
    mobile = _MOBILE.fullmatch(msisdn)
    if mobile is not None:
        is_asked = ddd is None or mobile[1] == ddd
        return None if is_asked else f"is of area code {mobile[1]}, not {ddd}"
    if msisdn.startswith("+"):
        return "begins with a plus"
    if _OLD_MOBILE.fullmatch(msisdn):
        return "lacks the ninth digit of a mobile number"
    if _FIXED_LINE.fullmatch(msisdn):
        return "is a fixed line"
    return "is not 55, an area code, 9 and eight digits"


def _shown(msisdn: object) -> str:
    return mask_phone(msisdn if isinstance(msisdn, str) else "")
