"""Applications in whose course everything is written that is kept of people, once."""

from typing import Any

from tests.transfers.desk import Desk
from tests.transfers.house import FIELDS, ONEC
from tests.transfers.telling import conditions, document, tell
from tests.transfers.webapp.lobby import Lobby
from tramita.transfers.agents import change_agent
from tramita.transfers.documents import DocumentKind, Request, move_job, request_document
from tramita.transfers.lifecycle import ApplicationTrigger, DocumentJobTrigger
from tramita.transfers.notes import add_note
from tramita.transfers.office.standing import OnecState


async def transfer(desk: Desk, lobby: Lobby, name: str) -> None:
    """A payer of this name: priced, noted down, given up, refused by 1C; and the Mini App is opened."""
    fields = {**FIELDS, "payer": FIELDS["payer"] | {"name": name}}
    await lobby.visit(await lobby.room())
    await _ask_in_vain(desk, name, fields)
    await desk.onec.act(posting=f"No agreement with {name}")
    refused = await desk.house.in_house(fields=fields)
    await desk.until_stands(refused.id, OnecState.FAILED_MANUAL)
    await desk.onec.act(posting="")
    why = f"{name} wants nothing any more"
    await desk.house.move(refused.id, ApplicationTrigger.CANCEL, reason=why)
    await _price(desk, name, fields)


async def _price(desk: Desk, name: str, fields: dict[str, Any]) -> None:
    """Its conditions wait for a person, since its agent is off the list; a paper comes with them."""
    made = await desk.at_onec(fields=fields)
    async with desk.house.acting(desk.house.as_agent) as work:
        await add_note(work, made.id, f"Call {name}", desk.house.as_agent)
        await change_agent(work, desk.house.agent, is_active=False)
    said = conditions(made, terms_text=f"{name} pays", account={"holder": name})
    for what, body in (("conditions", said), ("documents", document(name=f"{name}.pdf"))):
        status, answer = await tell(desk, what, made.id, body)
        assert status in (200, 201), answer


async def _ask_in_vain(desk: Desk, name: str, fields: dict[str, Any]) -> None:
    """It is asked for a document, which cannot be made."""
    made = await desk.at_onec(fields=fields)
    wanted = Request(DocumentKind.ACT, {"for": name}, f"For {name}")
    async with desk.house.acting(desk.house.as_agent) as work:
        job = await request_document(work, made.id, wanted, desk.house.as_agent)
    async with desk.house.acting(ONEC) as work:
        why = f"{name} has no contract"
        await move_job(work, job.id, DocumentJobTrigger.FAIL, reason=why)
