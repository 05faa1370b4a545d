"""Orders to whoever runs a vendor: each in a shape of its own, done whole or not at all."""

import pytest

from tests.simulation.conftest import Street

GARBLED = (
    {"action": "restart", "memory": "some"},
    {"action": "restart", "memory": 1},
    {"action": "restart", "memory": None},
    {"action": "restart", "speed": "high"},
    {"action": "close", "memory": True},
    {"action": "set", "is_open": "no"},
    {"action": "set", "mood": "bad"},
    {"action": "fly"},
    {"action": ["close"]},
    {"actor": "baker", "action": "close"},
    {"actor": 5, "action": "close"},
)


class TestAnOrder:
    @pytest.mark.parametrize("order", GARBLED, ids=str)
    async def test_that_is_not_understood_is_refused(
        self, street: Street, order: dict[str, object]
    ) -> None:
        """With what is wrong and what could be done; the bakery stays as it was."""
        await street.control("POST", "faults", {"kind": "429", "count": None})

        status, body = await street.control("POST", "act", {"actor": "operator", **order})

        assert (400, True, True) == (status, bool(body["error"]), bool(body["known"]))
        state = (await street.control("GET", "state"))[1]
        assert ({"is_open": True}, 1) == (state["conditions"], len(state["faults"]))

    async def test_of_a_wrong_type_says_which_type_is_right(self, street: Street) -> None:
        """Whoever wrote it finds the place."""
        order = {"actor": "operator", "action": "restart", "memory": "some"}

        _, body = await street.control("POST", "act", order)

        assert "restart: Expected `bool`, got `str` - at `$.memory`" == body["error"]

    async def test_that_is_known_answers_how_things_stand(self, street: Street) -> None:
        """An order that shows nothing of its own shows the conditions."""
        closed = await street.control("POST", "act", {"actor": "operator", "action": "close"})

        assert (200, {"is_open": False}) == closed


class TestARestart:
    async def test_ends_faults_and_keeps_what_is_known(self, street: Street) -> None:
        """The same request is still one loaf; the restart is in the ledger."""
        first = await street.order("eva", request_id="r-1")
        await street.control("POST", "faults", {"kind": "429", "count": None})

        await street.control("POST", "act", {"actor": "operator", "action": "restart"})

        assert first[:2] == (await street.order("eva", request_id="r-1"))[:2]
        assert ["eva", "bakery"] == street.baked()

    async def test_without_memory_begins_anew(self, street: Street) -> None:
        """Requests and conditions are forgotten; the ledger still tells."""
        await street.order("eva", request_id="r-1")
        await street.control("POST", "act", {"actor": "operator", "action": "close"})

        order = {"actor": "operator", "action": "restart", "memory": False}
        shown = await street.control("POST", "act", order)
        await street.order("eva", request_id="r-1")

        assert ({"is_open": True}, ["eva", "bakery", "eva"]) == (shown[1], street.baked())
