from tests.providers.sigan.simulator.caller import Caller
from tramita.providers.sigan.simulator.fault_codes import F_CODES, KINDS

# Callbacks and lists: Sigan has neither.
NOT_OF_SIGAN = {"F23", "F24"}


class TestFCodes:
    def test_are_those_of_the_notes(self) -> None:
        """Every fault of the notes that Sigan can have, each played in some way."""
        expected = [f"F{n}" for n in range(1, 26) if f"F{n}" not in NOT_OF_SIGAN]

        assert expected == list(F_CODES)
        assert all(code.kinds or code.acts or code.latencies for code in F_CODES.values())

    def test_have_every_kind_of_sigan(self) -> None:
        """No kind of its own is left without a code."""
        played = {order["kind"] for code in F_CODES.values() for order in code.kinds}

        assert set() == set(KINDS) - played

    async def test_are_orders_that_can_be_given(self, caller: Caller) -> None:
        """The table's orders are taken by the control plane as they stand."""
        refused = [
            answer
            for code in F_CODES.values()
            for path, orders in (
                ("faults", code.kinds),
                ("act", code.acts),
                ("latency", code.latencies),
                ("clock", code.clocks),
            )
            for order in orders
            if "error" in (answer := await caller.control("POST", path, order))
        ]

        assert [] == refused
