"""What the list of contracts is narrowed to, as an address, a form and a kept view have it."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlencode

from tramita.console.words import SPANS
from tramita.contracts.standings import Asked, End, Order

UNDER_WAY: Final = "under_way"
ENDED: Final[Mapping[str, End]] = {f"ended_{one}": one for one in End}
_NAMES: Final = (
    *("journey", "stage", "provider", "product", "partner"),
    *("stood", "came", "begun", "order"),
)


def read_query(query: str) -> dict[str, str]:
    """What an address asks for, by name; what else stands in it does not matter."""
    return {name: value for name, value in parse_qsl(query) if name in _NAMES}


def asked_of(given: Mapping[str, str | None], zone: str) -> Asked:
    """Which contracts, by days of this zone.

    What a form sends empty, and a span, a day or an order that is none, do not matter.
    """
    stage, order = given.get("stage"), given.get("order")
    span = SPANS.get(given.get("stood") or "")
    return Asked(
        backend=given.get("journey") or None,
        stage=stage if stage and stage != UNDER_WAY and stage not in ENDED else None,
        provider=given.get("provider") or None,
        product=given.get("product") or None,
        tenant=given.get("partner") or None,
        under_way=stage == UNDER_WAY,
        ended=ENDED.get(stage or ""),
        stood=span[0] if span else None,
        came=_day(given.get("came")),
        begun=_day(given.get("begun")),
        zone=zone,
        order=Order.LONGEST if order == Order.LONGEST else Order.NEWEST,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def asking(asked: Asked) -> dict[str, str]:
    """The same as texts, without what does not matter."""
    spans = {span: name for name, (span, _) in SPANS.items()}
    given = {
        "journey": asked.backend,
        "stage": _stage(asked),
        "provider": asked.provider,
        "product": asked.product,
        "partner": asked.tenant,
        "stood": spans[asked.stood] if asked.stood else None,
        "came": asked.came and asked.came.isoformat(),
        "begun": asked.begun and asked.begun.isoformat(),
        "order": None if asked.order is Order.NEWEST else asked.order.value,
    }
    return {name: value for name, value in given.items() if value}


def _stage(asked: Asked) -> str | None:
    if asked.under_way:
        return UNDER_WAY
    return f"ended_{asked.ended}" if asked.ended else asked.stage


def query_for(asked: Asked, cursor: str | None = None) -> str:
    """The query of its page."""
    return urlencode(asking(asked) | ({"cursor": cursor} if cursor else {}))
