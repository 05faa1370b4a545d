"""``/api/v1/envelopes``: partners make, read and cancel envelopes."""

from collections.abc import Sequence
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec.structs import asdict

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import InvalidError, ProviderUnavailableError
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    Text,
    decode_cursor,
    to_page,
)
from tramita.kit.runtime import Runtime
from tramita.portability.api.schemas import (
    CreatedEnvelope,
    EnvelopeAnswer,
    EnvelopeBody,
    EnvelopeLine,
    EnvelopeSearch,
)
from tramita.portability.ending import cancel_envelope
from tramita.portability.intake import check_envelope
from tramita.portability.lifecycle import EnvelopeState
from tramita.portability.ports import ProposalGateway
from tramita.portability.queries import find_envelopes, get_envelope_view, list_envelopes
from tramita.portability.service import create_envelope
from tramita.portability.settings import PortabilitySettings
from tramita.portability.timers import remind_now
from tramita.portability.views import EnvelopeSummary, EnvelopeView

T = TypeVar("T")

Token = Annotated[UUID, PathParameter(description="The envelope's token")]

# A thousand contracts with every member have room.
LONGEST_ENVELOPE = 1024 * 1024


class LenderNotInstalled(ProviderUnavailableError):
    """This installation sends portabilities to {provider}, which is not installed."""


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
        providers, provider = _providers(runtime)
        async with runtime.database.unit_of_work(actor=actor) as work:
            today = (await work.now()).date()
            errors = check_envelope(client, sold, today=today, providers=providers)
            if errors:
                raise InvalidError(errors)
            envelope = await create_envelope(work, client, sold, provider=provider)
            await work.session.flush()
            view = await get_envelope_view(work, envelope.token)
            page = page_of(runtime, envelope.token)
            return await answered(work, to_answer(view, CreatedEnvelope, page=page))

    @get(opt={"scope": "envelopes:read"})
    async def index(
        self,
        runtime: FromRuntime,
        in_state: Annotated[EnvelopeState | None, QueryParameter(name="state")] = None,
        contract_number: Text = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[EnvelopeLine]:
        """Your envelopes, newest first; ``contract_number`` finds the one that has it."""
        async with runtime.database.unit_of_work() as work:
            found = await list_envelopes(
                work,
                state=in_state,
                contract_number=contract_number,
                before=decode_cursor(cursor, UUID),
                limit=limit + 1,
            )
        return _lines(found, limit, runtime)

    @post("/search", status_code=200, opt={"scope": "envelopes:read"})
    async def search(
        self,
        data: JSONBody[EnvelopeSearch],
        runtime: FromRuntime,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[EnvelopeLine]:
        """Your envelopes of the client with this CPF, newest first."""
        async with runtime.database.unit_of_work() as work:
            before = decode_cursor(cursor, UUID)
            found = await find_envelopes(work, data.digits, before=before, limit=limit + 1)
        return _lines(found, limit, runtime)

    @get("/{token:uuid}", opt={"scope": "envelopes:read"})
    async def show(self, token: Token, runtime: FromRuntime) -> EnvelopeAnswer:
        """One envelope with its contracts, their states, and why any was refused."""
        async with runtime.database.unit_of_work() as work:
            return await _found(work, token, runtime)

    @post(
        "/{token:uuid}/cancel",
        status_code=200,
        opt={"scope": "envelopes:write", "idempotent": True},
    )
    async def cancel(self, token: Token, runtime: FromRuntime, actor: FromActor) -> EnvelopeAnswer:
        """Cancel an envelope with its contracts, at the provider too; 409 once one is being paid."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await cancel_envelope(work, token)
            return await answered(work, await _found(work, token, runtime))

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
            return await answered(work, await _found(work, token, runtime))


def _providers(runtime: Runtime) -> tuple[Sequence[str], str]:
    """Those that a portability may go to, and where it goes unless it names another.

    The latter may lack its configuration for now: proposals wait for it then.
    """
    provider = runtime.configured(PortabilitySettings).provider
    if provider not in runtime.exchanges and f"provider {provider}" not in runtime.failed_plugins:
        raise LenderNotInstalled(provider=provider)
    return runtime.providers(ProposalGateway), provider


def _lines(found: Sequence[EnvelopeSummary], limit: int, runtime: Runtime) -> Page[EnvelopeLine]:
    return to_page(
        found,
        limit,
        present=lambda one: to_answer(one, EnvelopeLine, page=page_of(runtime, one.token)),
        key=lambda one: one.id,
    )


def page_of(runtime: Runtime, token: UUID) -> str:
    """Where the client of an envelope follows it."""
    return f"{runtime.settings.address}/formalizacao/{token}"


async def _found(work: UnitOfWork, token: UUID, runtime: Runtime) -> EnvelopeAnswer:
    await work.session.flush()
    view = await get_envelope_view(work, token)
    return to_answer(view, EnvelopeAnswer, page=page_of(runtime, token))


def to_answer(known: EnvelopeView | EnvelopeSummary, kind: type[T], *, page: str) -> T:
    """What is known of an envelope as an answer of this kind shows it, by name."""
    return msgspec.convert({**asdict(known), "page": page}, kind, from_attributes=True)
