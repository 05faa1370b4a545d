import msgspec

from tests.providers.sigan.simulator.caller import Caller
from tramita.providers.sigan.simulator.fault_codes import F_CODES, KINDS
from tramita.providers.sigan.simulator.vendor import Sigan
from tramita.simulation.faults import FaultOrder
from tramita.simulation.kinds import Conduct, conduct_of
from tramita.simulation.latency import Latency
from tramita.simulation.routes import operations_of

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

    def test_have_orders_that_can_be_followed(self) -> None:
        """The table's faults and latencies are taken as they stand."""
        for code in F_CODES.values():
            for order in code.kinds:
                fault = msgspec.convert(order, FaultOrder)
                assert isinstance(conduct_of(fault.kind, KINDS), Conduct)
                assert fault.operation in (None, *operations_of(Sigan.table))
            for latency in code.latencies:
                assert msgspec.convert(latency, Latency)

    async def test_have_acts_that_can_be_done(self, caller: Caller) -> None:
        """The operator does what the table says, and the clock goes as it says."""
        orders = [("act", act) for code in F_CODES.values() for act in code.acts]
        orders += [("clock", order) for code in F_CODES.values() for order in code.clocks]

        answers = [await caller.control("POST", path, order) for path, order in orders]

        assert [] == [answer for answer in answers if "error" in answer]
