"""``/api/v1/numbering/numbers``: lists, one number with its history, and its line."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from stdnum import luhn

from tests.numbering.over_http import FULL_NUMBER, NUMBERS
from tests.numbering.stock import find_row, put_number
from tests.web.conftest import Answer, Site
from tramita.kit.tokens import create_token
from tramita.numbering.lifecycle import NUMBER, NumberStatus, NumberTrigger

pytestmark = pytest.mark.asyncio(loop_scope="module")

S, T = NumberStatus, NumberTrigger
ACTS = {
    T.ASSIGN: "assign",
    T.ACTIVATE: "activate",
    T.SUSPEND: "suspend",
    T.RESUME: "resume",
    T.TERMINATE: "terminate",
}
_fresh = itertools.count(1)


def fresh(ddd: str = "11") -> str:
    """A number that no other test has."""
    return f"55{ddd}9{next(_fresh):08}"


async def put(desk: Site, status: NumberStatus, msisdn: str = "", **columns: str) -> str:
    """A number that stands there; answers it."""
    msisdn = msisdn or fresh()
    await put_number(desk.runtime.database, msisdn, status, **columns)
    return msisdn


def _iccid() -> str:
    """A SIM's number that nobody has, with its check digit."""
    digits = f"8955{next(_fresh):015}"
    return next(f"{digits}{one}" for one in range(10) if luhn.is_valid(f"{digits}{one}"))


async def act(desk: Site, msisdn: str, trigger: NumberTrigger, sim: str = "") -> Answer:
    """Move a line."""
    body = {"sim_id": sim or _iccid()} if trigger is T.ASSIGN else None
    return await desk.ask("POST", f"{NUMBERS}/{msisdn}/{ACTS[trigger]}", json=body)


async def pages(desk: Site, query: str, **request: Any) -> list[dict[str, Any]]:
    """The items of all pages of a list."""
    found, cursor = [], ""
    while True:
        answer = await desk.ask("GET", f"{NUMBERS}?{query}&cursor={cursor}", **request)
        assert (200, "no-store") == (answer.status, answer.headers["Cache-Control"])
        assert len(answer.body["items"]) <= 2
        found += answer.body["items"]
        cursor = answer.body["next_cursor"]
        if cursor is None:
            return found


class TestTheList:
    async def test_shows_every_number_once_and_masked(self, desk: Site) -> None:
        """Page by page in order of their ids, while others come."""
        numbers = [await put(desk, S.RESERVED, fresh("91")) for _ in range(5)]

        first = await desk.ask("GET", f"{NUMBERS}?ddd=91&limit=2")
        late = await put(desk, S.RETURNED, fresh("91"))
        rest = await desk.ask(
            "GET", f"{NUMBERS}?ddd=91&limit=200&cursor={first.body['next_cursor']}"
        )

        shown = [*first.body["items"], *rest.body["items"]]
        assert [f"(91) 9••••-{one[-4:]}" for one in (*numbers, late)] == [
            one["masked_number"] for one in shown
        ]
        assert [] == FULL_NUMBER.findall(msgspec.json.encode(shown).decode())
        assert rest.body["next_cursor"] is None

    async def test_is_filtered_by_status_and_area_code(self, desk: Site) -> None:
        """Alone or together; nothing is an empty page."""
        for ddd, status in itertools.product(("92", "93"), (S.IN_USE, S.QUARANTINE, S.IN_USE)):
            await put(desk, status, fresh(ddd))

        def told(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
            return sorted((one["ddd"], one["status"]) for one in items)

        in_use = told(await pages(desk, "status=IN_USE&limit=2"))
        assert {"IN_USE"} == {status for _, status in in_use}
        assert 2 == in_use.count(("92", "IN_USE"))
        assert [("92", "IN_USE")] * 2 + [("92", "QUARANTINE")] == told(
            await pages(desk, "ddd=92&limit=2")
        )
        assert [("93", "QUARANTINE")] == told(await pages(desk, "ddd=93&status=QUARANTINE&limit=1"))
        assert [] == await pages(desk, "ddd=93&status=PORTED_OUT&limit=1")

    async def test_shows_a_carrier_only_its_own(self, desk: Site) -> None:
        """Whatever the filter."""
        for carrier in ("azul", "bolt", "azul"):
            await put(desk, S.RESERVED, fresh("94"), carrier=f"'{carrier}'")
        await put(desk, S.RESERVED, fresh("94"))
        async with desk.runtime.database.unit_of_work() as work:
            token = await create_token(work, "azul", ["numbering:read"], carrier="azul")
        headers = {"Authorization": f"Bearer {token}"}

        for query in ("limit=1", "ddd=94&limit=2", "status=RESERVED&limit=2"):
            shown = await pages(desk, query, headers=headers)
            assert ["azul"] * 2 == [one["carrier"] for one in shown]
        assert 4 == len(await pages(desk, "ddd=94&limit=2"))


class TestANumber:
    async def test_is_shown_in_full_with_its_history(self, desk: Site) -> None:
        """Who moved it, from where to where, and when; its SIM masked."""
        msisdn = await put(desk, S.RESERVED, reserved_until="tramita_now() + interval '1 h'")
        life = (T.ASSIGN, T.ACTIVATE, T.SUSPEND, T.RESUME, T.TERMINATE)
        answers = [await act(desk, msisdn, one, "89551234567890163456") for one in life]

        shown = await desk.ask("GET", f"{NUMBERS}/{msisdn}")

        assert [200] * 5 == [one.status for one in answers]
        assert answers[-1].body == shown.body
        assert (msisdn, "QUARANTINE", "VIVO", "•••3456", None) == tuple(
            shown.body[name] for name in ("msisdn", "status", "origin", "sim", "reserved_until")
        )
        assert [
            ("RESERVED", "ASSIGNED", "assign"),
            ("ASSIGNED", "IN_USE", "activate"),
            ("IN_USE", "SUSPENDED", "suspend"),
            ("SUSPENDED", "IN_USE", "resume"),
            ("IN_USE", "QUARANTINE", "terminate"),
        ] == [
            (one["from_status"], one["to_status"], one["trigger"]) for one in shown.body["history"]
        ]
        assert {"token:all scopes"} == {one["actor"] for one in shown.body["history"]}
        times = [datetime.fromisoformat(one["at"]) for one in shown.body["history"]]
        assert sorted(times) == times
        rests = datetime.fromisoformat(shown.body["quarantine_until"]) - times[-1]
        assert timedelta(days=90) == rests

    async def test_that_nobody_knows_is_not_found(self, desk: Site) -> None:
        """404 for whatever is asked of it."""
        answers = [await act(desk, fresh(), trigger) for trigger in ACTS]

        assert [(404, "NUMBER_NOT_FOUND")] * 5 == [
            (one.status, one.body["code"]) for one in answers
        ]


class TestALine:
    @pytest.mark.parametrize("status", list(NumberStatus))
    async def test_moves_along_the_arrows_and_no_others(
        self, desk: Site, status: NumberStatus
    ) -> None:
        """200 and the next state, or 409 with the present one, and nothing has changed."""
        database = desk.runtime.database
        for trigger in ACTS:
            target = NUMBER.table[status].get(trigger)
            msisdn = await put(desk, status)
            before = await find_row(database, msisdn)

            answer = await act(desk, msisdn, trigger)

            if target is not None:
                assert (200, target.value) == (answer.status, answer.body["status"])
                continue
            assert (409, "NUMBER_STATE_FORBIDS") == (answer.status, answer.body["code"])
            assert f"(11) 9••••-{msisdn[-4:]} is {status.value}" in answer.body["detail"]
            assert msisdn not in str(answer.body)
            assert before == await find_row(database, msisdn)
            shown = await desk.ask("GET", f"{NUMBERS}/{msisdn}")
            assert [] == shown.body["history"]

    async def test_is_not_assigned_when_nobody_came_for_it(self, desk: Site) -> None:
        """409 from the moment on at which it may be given back (R29)."""
        msisdn = await put(desk, S.RESERVED, reserved_until="tramita_now()")

        answer = await act(desk, msisdn, T.ASSIGN)

        assert (409, "NUMBER_STATE_FORBIDS") == (answer.status, answer.body["code"])
        assert "abandoned" in answer.body["detail"]

    async def test_has_a_sim_of_its_own(self, desk: Site) -> None:
        """409: a SIM carries one number."""
        first, second = [await put(desk, S.RESERVED) for _ in range(2)]

        answers = [await act(desk, one, T.ASSIGN, "SIM-of-one") for one in (first, second, first)]

        assert [(200, None), (409, "SIM_IN_USE"), (409, "NUMBER_STATE_FORBIDS")] == [
            (one.status, one.body.get("code")) for one in answers
        ]
        assert "RESERVED" == (await desk.ask("GET", f"{NUMBERS}/{second}")).body["status"]

    async def test_is_told_nothing_of_another_carriers_sim(self, desk: Site) -> None:
        """404, not that it has a number; the number that was to come on it stays as it is."""
        theirs = await put(desk, S.RESERVED, carrier="'bolt'")
        mine = await put(desk, S.RESERVED, carrier="'acme'")
        await act(desk, theirs, T.ASSIGN, "SIM-of-bolt")
        async with desk.runtime.database.unit_of_work() as work:
            token = await create_token(
                work, "acme assigns", ["numbering:read", "numbering:write"], carrier="acme"
            )
        headers = {"Authorization": f"Bearer {token}"}

        said = await desk.ask(
            "POST", f"{NUMBERS}/{mine}/assign", json={"sim_id": "SIM-of-bolt"}, headers=headers
        )

        assert (404, "SIM_NOT_FOUND") == (said.status, said.body["code"])
        assert "There is no such SIM." == said.body["detail"]
        assert "RESERVED" == (await desk.ask("GET", f"{NUMBERS}/{mine}")).body["status"]
