"""What a vendor's operator may set: all of an order or nothing."""

from collections.abc import Mapping
from typing import Literal

import pytest

from tramita.simulation.conditions import VendorConditions
from tramita.simulation.simulator import UnknownAct


class Oven(VendorConditions):
    heat: Literal["low", "high"] = "low"
    loaves: int = 3


AT_FIRST = {"heat": "low", "loaves": 3}


class TestVendorConditions:
    def test_change_as_they_are_told(self) -> None:
        """What is not named stays as it was set before."""
        oven = Oven()

        oven.set({"heat": "high"})
        oven.set({"loaves": 5})

        assert {"heat": "high", "loaves": 5} == oven.shown()

    @pytest.mark.parametrize("order", [{"heat": "off"}, {"mood": "bad"}, {"loaves": "many"}])
    def test_stay_when_an_order_is_not_understood(self, order: Mapping[str, object]) -> None:
        """The good half of an order is not carried out, and the refusal names what there is."""
        oven = Oven()

        with pytest.raises(UnknownAct, match="conditions are heat, loaves"):
            oven.set({"loaves": 5, **order})

        assert AT_FIRST == oven.shown()

    def test_are_forgotten_where_they_are(self) -> None:
        """Whoever holds them sees the vendor as it is at first."""
        oven = Oven(heat="high", loaves=5)

        oven.forget()

        assert AT_FIRST == oven.shown()
