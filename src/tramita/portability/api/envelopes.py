"""``/api/v1/envelopes``: partners make, read and cancel envelopes."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody, PathParameter

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import InvalidError
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.portability.api.schemas import (
    CreatedContract,
    CreatedEnvelope,
    EnvelopeAnswer,
    EnvelopeBody,
)
from tramita.portability.ending import cancel_envelope
from tramita.portability.intake import check_envelope
from tramita.portability.queries import EnvelopeView, get_envelope_view, to_partner_view
from tramita.portability.service import create_envelope
from tramita.portability.timers import remind_now

Token = Annotated[UUID, PathParameter(description="The envelope's token")]

# A thousand contracts with every member have room.
LONGEST_ENVELOPE = 1024 * 1024


class EnvelopesController(Controller):
    """Envelopes of one partner's clients."""

    path = "/api/v1/envelopes"
    tags = ["Envelopes"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(
        opt={"scope": "envelopes:write", "idempotent": True},
        request_max_body_size=LONGEST_ENVELOPE,
    )
    async def create(
        self, data: JSONBody[EnvelopeBody], runtime: FromRuntime, actor: FromActor
    ) -> CreatedEnvelope:
        """Make an envelope. No proposal is sent to any bank until its link is requested."""
        client = data.customer.to_client()
        sold = [one.to_sold() for one in data.contracts]
        async with runtime.database.unit_of_work(actor=actor) as work:
            errors = check_envelope(client, sold, today=(await work.now()).date())
            if errors:
                raise InvalidError(errors)
            envelope = await create_envelope(work, client, sold)
            await work.session.flush()
            view = await get_envelope_view(work, envelope.token)
            return await answered(work, _created(view))

    @get("/{token:uuid}", opt={"scope": "envelopes:read"})
    async def show(self, token: Token, runtime: FromRuntime) -> EnvelopeAnswer:
        """One envelope with its contracts, their states, and why any was refused."""
        async with runtime.database.unit_of_work() as work:
            return await _answer(work, token)

    @post(
        "/{token:uuid}/cancel",
        status_code=200,
        opt={"scope": "envelopes:write", "idempotent": True},
    )
    async def cancel(self, token: Token, runtime: FromRuntime, actor: FromActor) -> EnvelopeAnswer:
        """Cancel an envelope with its contracts, at the provider too; 409 once one is being paid."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await cancel_envelope(work, token)
            return await answered(work, await _answer(work, token))

    @post(
        "/{token:uuid}/remind",
        status_code=202,
        opt={"scope": "envelopes:write", "idempotent": True},
    )
    async def remind(self, token: Token, runtime: FromRuntime, actor: FromActor) -> EnvelopeAnswer:
        """Have the client reminded: sends your systems the event ``envelope.reminder`` now.

        409 when nothing waits for a signature.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            await remind_now(work, token)
            return await answered(work, await _answer(work, token))


def _created(view: EnvelopeView) -> CreatedEnvelope:
    return CreatedEnvelope(
        view.row["token"],
        view.row["created_at"],
        view.row["expires_at"],
        [
            CreatedContract(
                one.row["id"], one.row["number"], one.row["product"], one.row["contract_status"]
            )
            for one in view.contracts
        ],
    )


async def _answer(work: UnitOfWork, token: UUID) -> EnvelopeAnswer:
    await work.session.flush()
    view = await get_envelope_view(work, token)
    return msgspec.convert(to_partner_view(view), EnvelopeAnswer)
