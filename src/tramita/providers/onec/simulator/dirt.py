"""How the base writes: as it should, or as bases do that have been through much."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tramita.providers.onec.simulator.conditions import Conditions

ZONE = ZoneInfo("Europe/Moscow")
_JSON = "application/json"
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)")
_AMOUNT = re.compile(r"-?\d+\.\d+")


def dated(at: datetime) -> str:
    """A time as the base keeps it: its own, in whole seconds."""
    return at.astimezone(ZONE).replace(tzinfo=None, microsecond=0).isoformat()


def dirty(document: Any, conditions: Conditions) -> Any:
    """A document with dates and amounts as they are written today."""
    match document:
        case dict():
            return {name: dirty(value, conditions) for name, value in document.items()}
        case list():
            return [dirty(value, conditions) for value in document]
        case str() if (found := _DATE.fullmatch(document)) is not None:
            return _date(found, conditions)
        case str() if _AMOUNT.fullmatch(document) is not None:
            return _amount(document, conditions)
        case _:
            return document


def written(document: object, conditions: Conditions) -> tuple[Mapping[str, str], bytes]:
    """Headers and body of a document."""
    body = msgspec.json.encode(dirty(document, conditions))
    match conditions.writes:
        case "bom":
            return {"content-type": f"{_JSON}; charset=utf-8"}, b"\xef\xbb\xbf" + body
        case "windows-1251":
            return {"content-type": f"{_JSON}; charset=windows-1251"}, _cyrillic(body)
        case "wrong_charset":
            return {"content-type": f"{_JSON}; charset=utf-8"}, _cyrillic(body)
        case "broken":
            twice = body.decode("windows-1251", errors="replace").encode()
            return {"content-type": f"{_JSON}; charset=utf-8"}, twice
        case _:
            return {"content-type": f"{_JSON}; charset=utf-8"}, body


def encoded(body: bytes, conditions: Conditions) -> bytes:
    """A text in UTF-8 as it is written today; what is said of it may be wrong."""
    match conditions.writes:
        case "bom":
            return b"\xef\xbb\xbf" + body
        case "windows-1251" | "wrong_charset":
            return _cyrillic(body)
        case "broken":
            return body.decode("windows-1251", errors="replace").encode()
        case _:
            return body


def _cyrillic(body: bytes) -> bytes:
    return body.decode().encode("windows-1251", errors="replace")


def _date(found: re.Match[str], conditions: Conditions) -> str:
    year, month, day, time = found.groups()
    match conditions.dates:
        case "empty":
            return "0001-01-01T00:00:00"
        case "blank":
            return ""
        case "russian":
            return f"{day}.{month}.{year} {time}"
        case "offset":
            return f"{found[0]}+03:00"
        case _:
            return found[0]


def _amount(amount: str, conditions: Conditions) -> object:
    match conditions.numbers:
        case "comma":
            return amount.replace(".", ",")
        case "blanks":
            whole, _, fraction = amount.partition(".")
            grouped = f"{int(whole):,}".replace(",", "\N{NO-BREAK SPACE}")
            return f"{grouped},{fraction}"
        case "number":
            return float(amount)
        case _:
            return amount
