"""Card numbers that mean something here; every other well-formed one is a card that pays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

INSUFFICIENT_FUNDS: Final = "51"
EXPIRED: Final = "54"
SOFT_DECLINE: Final = "1A"


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a card's bank says: to its owner in a form, and later while they are away.

    Empty: yes. ``asks``: it wants its owner to prove who they are (3-D Secure). ``second`` is
    what it says to the second debit, and to no other.
    """

    title: str
    in_form: str = ""
    later: str = ""
    second: str = ""
    asks: bool = False


ACCEPTED: Final = "4970100000000014"
KNOWN: Final[Mapping[str, Conduct]] = {
    ACCEPTED: Conduct("pays"),
    "4970100000000022": Conduct("has no money", INSUFFICIENT_FUNDS, INSUFFICIENT_FUNDS),
    "4970100000000048": Conduct("asks for 3-D Secure, then pays", asks=True),
    "4970100000000063": Conduct("is saved, and has no money later", later=INSUFFICIENT_FUNDS),
    "4970100000000071": Conduct("is saved, and wants its owner later", later=SOFT_DECLINE),
    "4970100000000089": Conduct(
        "is saved, and has no money for the second debit", second=INSUFFICIENT_FUNDS
    ),
}


@dataclass(slots=True)
class Card:
    """A card as somebody wrote it into a form."""

    number: str
    month: int
    year: int

    @property
    def conduct(self) -> Conduct:
        """What its bank says."""
        return KNOWN.get(self.number, KNOWN[ACCEPTED])

    @property
    def pan(self) -> str:
        """The number but for its middle."""
        return f"{self.number[:6]}{'X' * (len(self.number) - 10)}{self.number[-4:]}"

    @property
    def brand(self) -> str:
        """By the first digit."""
        return {"4": "VISA", "5": "MASTERCARD"}.get(self.number[:1], "CB")

    def is_expired(self, now: datetime) -> bool:
        """Whether its last month is over."""
        return (self.year, self.month) < (now.year, now.month)


@dataclass(slots=True)
class Token:
    """A card that is kept for the shop; ``issuer_reference`` is its bank's name of the consent."""

    token: str
    card: Card
    customer: str
    issuer_reference: str
    is_cancelled: bool = field(default=False)
