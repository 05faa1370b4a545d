"""What the list of contracts is narrowed to, as an address, a form and a kept view have it."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from tramita.contracts.console.words import SPANS
from tramita.contracts.standings import Asked, Order

UNDER_WAY: Final = "under_way"
_NAMES: Final = ("journey", "stage", "provider", "product", "partner", "stood", "order")


def read_query(query: str) -> dict[str, str]:
    """What an address asks for, by name; what else stands in it does not matter."""
    return {name: value for name, value in parse_qsl(query) if name in _NAMES}


def asked_of(given: Mapping[str, str | None]) -> Asked:
    """Which contracts; what a form sends empty, and a span or an order that is none, do not matter."""
    stage, order = given.get("stage"), given.get("order")
    span = SPANS.get(given.get("stood") or "")
    return Asked(
        backend=given.get("journey") or None,
        stage=stage if stage and stage != UNDER_WAY else None,
        provider=given.get("provider") or None,
        product=given.get("product") or None,
        tenant=given.get("partner") or None,
        under_way=stage == UNDER_WAY,
        stood=span[0] if span else None,
        order=Order.LONGEST if order == Order.LONGEST else Order.NEWEST,
    )


def asking(asked: Asked) -> dict[str, str]:
    """The same as texts, without what does not matter."""
    spans = {span: name for name, (span, _) in SPANS.items()}
    given = {
        "journey": asked.backend,
        "stage": UNDER_WAY if asked.under_way else asked.stage,
        "provider": asked.provider,
        "product": asked.product,
        "partner": asked.tenant,
        "stood": spans[asked.stood] if asked.stood else None,
        "order": None if asked.order is Order.NEWEST else asked.order.value,
    }
    return {name: value for name, value in given.items() if value}


def query_for(asked: Asked, cursor: str | None = None) -> str:
    """The query of its page."""
    return urlencode(asking(asked) | ({"cursor": cursor} if cursor else {}))
