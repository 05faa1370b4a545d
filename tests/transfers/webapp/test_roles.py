"""The table of roles is what the application does over HTTP: everybody in every state with every move."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.transfers.house import FIELDS, ONEC
from tests.transfers.pricing import price
from tests.transfers.webapp.lobby import AGENT, APPLICATION, CLIENT, MANAGER, Lobby, Room, Visitor
from tests.web.conftest import Answer
from tramita.transfers.lifecycle import (
    ACTIVE,
    PAYMENT,
    ApplicationState,
    ApplicationTrigger,
    PaymentState,
)
from tramita.transfers.lifecycle import (
    APPLICATION as LIFE,
)
from tramita.transfers.model import Application
from tramita.transfers.rules.permissions import (
    Action,
    action_of,
    action_of_payment,
    allowed_moves,
    allowed_payment_moves,
    may,
)
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import get_application

pytestmark = pytest.mark.asyncio(loop_scope="module")

S, T = ApplicationState, ApplicationTrigger
PEOPLE = {Role.CLIENT: CLIENT, Role.AGENT: AGENT, Role.MANAGER: MANAGER}
# How an application comes to a state; before an offer is accepted by the agent, then by 1C.
WAYS = {
    S.DRAFT: (),
    S.SUBMITTED: (T.SUBMIT,),
    S.NEW_IN_HOUSE: (T.CHECK,),
    S.OFFER_ACCEPTED: (T.CHECK, T.ACCEPT_OFFER),
    S.IN_WORK: (T.CHECK, T.ACCEPT_OFFER, T.START_WORK),
}


async def standing_in(lobby: Lobby, state: ApplicationState) -> tuple[Room, Application]:
    """A chat whose application stands there."""
    room, house = await lobby.room(), lobby.house
    made = await (await lobby.visit(room)).ask("POST", APPLICATION, json=FIELDS)
    id_ = UUID(made.body["id"])
    await house.bring_invoice(id_)
    for trigger in WAYS[state]:
        if trigger is T.ACCEPT_OFFER:
            await price(house, await look(lobby, id_))
        else:
            who = {T.SUBMIT: house.as_client, T.START_WORK: ONEC}.get(trigger, house.as_agent)
            await house.move(id_, trigger, who)
    return room, await look(lobby, id_)


async def look(lobby: Lobby, id_: UUID) -> Application:
    async with lobby.house.database.unit_of_work() as work:
        return await get_application(work, id_)


async def move(visitor: Visitor, axis: str, to: str) -> Answer:
    body = {"axis": axis, "to": to, "reason": "so it is"}
    return await visitor.ask("POST", f"{APPLICATION}/status", json=body)


def told(said: Answer) -> tuple[int, Any]:
    return said.status, said.body.get("code")


async def refusals(
    visitor: Visitor, role: Role, made: Application
) -> AsyncIterator[tuple[str, list[tuple[int, str]], Answer]]:
    """Whatever somebody may not: what is to be said of it, and what is said."""
    state, none = ApplicationState(made.state), PaymentState.NONE
    impossible, forbidden = (409, "invalid_transition"), (403, "role_forbidden")
    for target in ApplicationState:
        trigger = LIFE.trigger_to(state, target)
        if trigger is None or not may(role, state, action_of(trigger)):
            expected = [forbidden if trigger else impossible]
            yield f"to {target}", expected, await move(visitor, "application", target)
    for payment in set(PaymentState) - {none}:
        paying = PAYMENT.trigger_to(none, payment)
        if paying is None or not may(role, state, action_of_payment(paying)):
            expected = [forbidden if paying else impossible]
            yield f"says {payment}", expected, await move(visitor, "payment", payment)
    if not may(role, state, Action.EDIT):
        changes, version = {"payer": {"contact": "x"}}, {"If-Match": f'"{made.version}"'}
        said = await visitor.ask("PATCH", APPLICATION, json=changes, headers=version)
        yield "edits", [(409, "read_only"), forbidden], said


class TestEverybody:
    @pytest.mark.parametrize("state", sorted(ACTIVE))
    async def test_is_told_and_refused_what_the_table_says(
        self, lobby: Lobby, state: ApplicationState
    ) -> None:
        """What may be done stands in the answer; what may not is refused, and changes nothing."""
        room, made = await standing_in(lobby, state)
        wrong = []
        for role, person in PEOPLE.items():
            visitor = await lobby.visit(room, person)
            shown = (await visitor.ask("GET", APPLICATION)).body
            if [one for one in Action if may(role, state, one)] != shown["allowed_actions"]:
                wrong.append(f"{role} is told {shown['allowed_actions']}")
            async for what, expected, said in refusals(visitor, role, made):
                if told(said) not in expected:
                    wrong.append(f"{role} {what}: {said}")

        assert not wrong, "\n".join(wrong)
        assert made.version == (await look(lobby, made.id)).version

    @pytest.mark.parametrize("state", sorted(ACTIVE))
    async def test_may_do_what_the_table_says(self, lobby: Lobby, state: ApplicationState) -> None:
        """Each move that is offered comes about, and each word about the money."""
        for role, person in PEOPLE.items():
            for target in allowed_moves(role, state).values():
                room, made = await standing_in(lobby, state)
                said = await move(await lobby.visit(room, person), "application", target)
                assert 200 == said.status, (role, target, said)
                assert target == (await look(lobby, made.id)).state
            for payment in allowed_payment_moves(role, state, PaymentState.NONE).values():
                room, made = await standing_in(lobby, state)
                said = await move(await lobby.visit(room, person), "payment", payment)
                assert 200 == said.status, (role, payment, said)
                assert payment == (await look(lobby, made.id)).payment_state
