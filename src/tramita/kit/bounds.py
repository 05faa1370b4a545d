"""Whose rows a caller may see and change.

One value says it, made from the caller's token. The process's runtime narrowed to it
(``Runtime.within``) is what a request works with: mapped rows are found within it by
themselves, a statement in SQL says ``within(…)``, and whatever is added belongs to the
caller. What is not there and what is somebody else's is one answer. A contract keeps the
bounds of whoever made it, and what is done for it later is done within them.
"""

from dataclasses import dataclass
from typing import Final

HOUSE: Final = "house"
"""The tenant of the house that runs Tramita; what people and the program itself make is its."""
ALL_TENANTS: Final = "tenants:all"
"""The scope of whoever sees and changes what belongs to every tenant."""
ALL_CARRIERS: Final = "numbering:all"
"""The scope of whoever may see the numbers of every carrier."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What belongs to ``tenant``, and of that to ``carrier`` if there is one.

    ``is_all_tenants``, ``is_all_carriers``: everybody's.
    """

    tenant: str = HOUSE
    carrier: str | None = None
    is_all_tenants: bool = False
    is_all_carriers: bool = False

    @property
    def limits(self) -> tuple[str | None, str | None]:
        """The only tenant and the only carrier of rows within; empty: any."""
        return (
            None if self.is_all_tenants else self.tenant,
            None if self.is_all_carriers else self.carrier,
        )

    def asked(self, table: str) -> dict[str, str | None]:
        """The same, of rows of ``table``, for a statement with what is asked for only."""
        return dict(zip((f"{table}.tenant", f"{table}.carrier"), self.limits, strict=True))

    @property
    def may_name_numbers(self) -> bool:
        """Whether there are numbers that this caller may choose by name."""
        return self.is_all_carriers or self.carrier is not None

    def may_see(self, carrier: str | None) -> bool:
        """Whether a number of ``carrier`` (empty: of nobody) is this caller's to know."""
        return self.is_all_carriers or carrier == self.carrier


EVERYTHING: Final = Bounds(is_all_tenants=True, is_all_carriers=True)
"""The bounds of the house itself: its people, and jobs that act for nobody in particular."""


def within(table: str, first: int) -> str:
    """The condition in SQL that a row of ``table`` is within bounds.

    Their ``limits`` are the statement's parameters ``$first`` and the one after it.
    """
    tenant, carrier = f"${first}::text", f"${first + 1}::text"
    return (
        f"({tenant} IS NULL OR {table}.tenant = {tenant}) "
        f"AND ({carrier} IS NULL OR {table}.carrier = {carrier})"
    )
