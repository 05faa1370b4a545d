"""How this simulated Sigan behaves today; its operator can change it."""

from typing import Annotated, Literal

import msgspec

from tramita.simulation.conditions import VendorConditions

Seconds = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Conditions(VendorConditions):
    """What the operator may set.

    ``cooling_seconds``: how long a released number rests; at 0 it may be offered again at
    once. ``query_available``: whether anything can be looked up (F18); with
    ``query_lag_seconds``, only what is older than that can. ``quota_per_second``: how many
    requests are served within one, 0 is any number. ``stock_size``: numbers of each area
    code, counted when its first is asked for. ``brands``: the brands that exist, all if none
    is named. ``empty_ddds``: area codes without a free number. ``offers``: whether numbers
    come in the order of the shuffled stock, or what was given back last comes first.
    ``offers_again``: numbers reserved or in use that Sigan takes for free and offers once
    more; one in use counts as returned by another operator, and its reservation has ended.
    ``refuses_ended_previous``: whether a previous hold that has ended is an error.
    """

    cooling_seconds: Seconds = 0
    query_available: bool = True
    query_lag_seconds: Seconds = 0
    quota_per_second: Count = 0
    stock_size: Count = 2000
    brands: tuple[str, ...] = ()
    empty_ddds: tuple[str, ...] = ()
    offers: Literal["shuffled", "last_released_first"] = "shuffled"
    offers_again: Literal["nothing", "reserved", "active"] = "nothing"
    refuses_ended_previous: bool = False
