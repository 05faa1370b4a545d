"""Moves that follow from circumstances are made until none fits."""

from dataclasses import dataclass
from enum import StrEnum

import pytest

from tramita.kit.fitting import Fitting, GoesInCircles
from tramita.kit.lifecycle import Lifecycle


class Parcel(StrEnum):
    OPEN = "open"
    PACKED = "packed"
    SENT = "sent"
    LOST = "lost"


class Act(StrEnum):
    PACK = "pack"
    SEND = "send"
    UNPACK = "unpack"
    LOSE = "lose"


@dataclass(frozen=True)
class Facts:
    is_full: bool = False
    is_paid: bool = False


PARCEL = Lifecycle(
    name="parcel",
    initial=Parcel.OPEN,
    table={
        Parcel.OPEN: {Act.PACK: Parcel.PACKED},
        Parcel.PACKED: {Act.SEND: Parcel.SENT, Act.UNPACK: Parcel.OPEN},
        Parcel.SENT: {Act.LOSE: Parcel.LOST},
    },
)
FITTING = Fitting(PARCEL, {Act.PACK: lambda f: f.is_full, Act.SEND: lambda f: f.is_paid})


class TestFitting:
    def test_goes_on_until_none_fits(self) -> None:
        """One change of circumstances may be worth several moves."""
        walked = FITTING.walk(Parcel.OPEN, Facts(is_full=True, is_paid=True))

        assert [Act.PACK, Act.SEND] == walked

    def test_stops_where_a_condition_is_missing(self) -> None:
        """What would fit further on is not reached through what does not."""
        assert [Act.PACK] == FITTING.walk(Parcel.OPEN, Facts(is_full=True))
        assert [] == FITTING.walk(Parcel.OPEN, Facts(is_paid=True))

    def test_never_does_what_is_somebodys_wish(self) -> None:
        """A trigger without a condition is pulled by hand."""
        assert [] == FITTING.walk(Parcel.SENT, Facts(is_full=True, is_paid=True))

    def test_refuses_conditions_that_lead_in_a_circle(self) -> None:
        """Two conditions that undo one another would walk for ever."""
        circular = Fitting(PARCEL, {Act.PACK: lambda _: True, Act.UNPACK: lambda _: True})

        with pytest.raises(GoesInCircles):
            circular.walk(Parcel.OPEN, Facts())
