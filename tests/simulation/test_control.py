import pytest

from tests.simulation.conftest import Street


class TestFaultRoutes:
    async def test_set_show_and_remove_a_fault(self, street: Street) -> None:
        """A fault is set with 201 and an id, listed with its counters, and can be removed."""
        order = {"operation": "bake", "match": {"client": "eva"}, "kind": "429", "nth": 2}

        created = await street.control("POST", "faults", order)
        listed = await street.control("GET", "faults")
        removed = await street.control("DELETE", "faults/1")

        assert (201, {"id": 1}) == created
        assert [(1, "429", 2, 0)] == [
            (fault["id"], fault["kind"], fault["nth"], fault["struck"])
            for fault in listed[1]["items"]
        ]
        assert 204 == removed[0]
        assert {"items": []} == (await street.control("GET", "faults"))[1]

    async def test_remove_all_faults(self, street: Street) -> None:
        """DELETE without an id takes every fault away."""
        await street.control("POST", "faults", {"kind": "429"})

        await street.control("DELETE", "faults")

        assert 201 == (await street.order())[0]

    async def test_accept_the_example_of_the_contract(self, street: Street) -> None:
        """Every field of the documented request is understood."""
        order = {
            "operation": "bake",
            "match": {"contract_number": "A-0001"},
            "kind": "reset_after_effect",
            "nth": 1,
            "probability": 1.0,
            "count": 1,
            "arguments": {"seconds": 30},
        }

        assert 201 == (await street.control("POST", "faults", order))[0]

    @pytest.mark.parametrize(
        ("order", "known"),
        [
            ({"kind": "nonsense"}, "lost_after"),
            ({"kind": "nonsense"}, "burnt"),
            ({"kind": "429", "operation": "eat"}, "bake"),
        ],
    )
    async def test_list_what_is_known_when_refusing(
        self, street: Street, order: dict[str, str], known: str
    ) -> None:
        """An unknown kind or operation is 400 with the list of known ones."""
        status, body = await street.control("POST", "faults", order)

        assert 400 == status
        assert known in body["known"]

    @pytest.mark.parametrize(
        "order",
        [
            {},
            {"kind": "429", "nth": 0},
            {"kind": "429", "probability": 2},
            {"kind": "429", "x": 1},
            {"kind": "429", "arguments": {"retry_after": "a while"}},
            {"kind": "429", "arguments": {"retry_later": 5}},
            {"kind": "http_500", "arguments": {"after_effect": 1}},
        ],
    )
    async def test_refuse_what_is_no_order(self, street: Street, order: dict[str, object]) -> None:
        """A body of another shape is 400 with the field at fault."""
        status, body = await street.control("POST", "faults", order)

        assert 400 == status
        assert body["error"]
        assert {"items": []} == (await street.control("GET", "faults"))[1]

    async def test_name_the_arguments_that_there_are(self, street: Street) -> None:
        """An argument of a wrong type is told with its place and the others it might have been."""
        order = {"kind": "latency", "arguments": {"seconds": "5"}}

        _, body = await street.control("POST", "faults", order)

        assert "arguments: Expected `float`, got `str` - at `$.seconds`" == body["error"]
        assert {"seconds", "path"} <= set(body["known"])


class TestRecordRoutes:
    async def test_show_the_ledger_of_a_subject(self, street: Street) -> None:
        """The ledger can be asked for one subject."""
        await street.order("eva")
        await street.order("ben")

        _, ledger = await street.control("GET", "ledger?subject=ben")

        (row,) = ledger["items"]
        assert (2, "baked", "ben") == (row["id"], row["effect"], row["subject"])
        assert {"id", "at", "request_id", "effect", "subject", "data"} == set(row)

    async def test_show_the_journal(self, street: Street) -> None:
        """The journal shows requests with their answers, the newest last."""
        await street.order("eva")
        await street.order("ben")

        _, journal = await street.control("GET", "journal?limit=1")

        assert (2, ["ben"]) == (
            journal["count"],
            [entry["fields"]["client"] for entry in journal["items"]],
        )
        assert "rye" in journal["items"][0]["answer"]

    async def test_show_the_state_of_the_panel(self, street: Street) -> None:
        """The page reads everything it shows in one request."""
        await street.order()

        _, state = await street.control("GET", "state")

        assert ({"baked": 1}, 1, {"is_open": True}) == (
            state["effects"],
            state["requests"],
            state["conditions"],
        )


class TestWorldRoutes:
    async def test_reset_everything(self, street: Street) -> None:
        """After a reset nothing has ever happened, and the seed is the given one."""
        await street.order()
        await street.control("POST", "faults", {"kind": "429"})
        await street.control("POST", "clock", {"advance": "5d"})
        await street.control("POST", "act", {"actor": "operator", "action": "close"})

        answer = await street.control("POST", "reset", {"seed": 11})

        _, state = await street.control("GET", "state")
        assert (200, {"seed": 11}) == answer
        assert ({}, 0, [], {"is_open": True}) == (
            state["effects"],
            state["requests"],
            state["faults"],
            state["conditions"],
        )
        assert 0.0 == state["clock"]["offset_seconds"]

    async def test_move_the_clock(self, street: Street) -> None:
        """Time is advanced by a span, and may be frozen."""
        _, clock = await street.control("POST", "clock", {"advance": "5d", "freeze": True})

        assert (5 * 86400.0, True) == (clock["offset_seconds"], clock["frozen"])
        assert clock == (await street.control("GET", "clock"))[1]

    async def test_set_the_latency(self, street: Street) -> None:
        """The latency of the contract's example is understood."""
        order = {"kind": "fixed", "milliseconds": 1000}

        assert (200, {"latency": order}) == await street.control("POST", "latency", order)

    async def test_let_people_act(self, street: Street) -> None:
        """An act reaches the vendor's people."""
        order = {"actor": "operator", "action": "close"}

        assert (200, {"is_open": False}) == await street.control("POST", "act", order)

    async def test_play_a_scenario(self, street: Street) -> None:
        """A scenario replaces the faults and the latency that were set."""
        await street.control("POST", "faults", {"kind": "429"})

        await street.control("POST", "scenarios/rush")

        _, state = await street.control("GET", "state")
        assert {"kind": "fixed", "milliseconds": 1.0} == state["latency"]
        assert ["burnt"] == [fault["kind"] for fault in state["faults"]]

    async def test_let_a_scenario_begin_with_acts(self, street: Street) -> None:
        """What people there do first is done, as if each had been ordered."""
        await street.control("POST", "scenarios/siesta")

        _, state = await street.control("GET", "state")
        assert {"is_open": False} == state["conditions"]

    @pytest.mark.parametrize(
        ("path", "order"),
        [
            ("clock", {"advance": "soon"}),
            ("latency", {"kind": "sometimes"}),
            ("act", {"actor": "operator", "action": "fly"}),
            ("reset", {"seed": "x"}),
            ("scenarios/pause", {}),
        ],
    )
    async def test_refuse_what_cannot_be_done(
        self, street: Street, path: str, order: dict[str, str]
    ) -> None:
        """What cannot be read or done is 400, and nothing changes."""
        status, body = await street.control("POST", path, order)

        assert 400 == status
        assert body["error"]
