"""Sigan keeps what every inventory of numbers promises."""

from datetime import timedelta

from tramita.kit.outcome import Done, NotSent
from tramita.numbering.ports import WantedNumbers
from tramita.providers.sigan.plugin import provider
from tramita.testing.numbers import NumberInventorySuite


class TestSigan(NumberInventorySuite):
    """Whose token may expire, and whose answers may have members that nobody knows."""

    provider = provider
    troubles = {"token_expired": NotSent, "unknown_field": Done}
    wanted = WantedNumbers("11", "a brand", 1, timedelta(minutes=16))
    private = ("11987", "11988")
