"""``/api/v1/customers/erase``, ``…/export``: what is held of a person, when they ask for it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta, Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.people.erasures import (
    Erasure,
    Person,
    get_erasure,
    identify,
    list_erasures,
    request_erasure,
)
from tramita.kit.people.exporting import begin_export, export_person
from tramita.kit.runtime import Runtime

ERASE: dict[str, Any] = {"scope": "customers:erase"}
EXPORT: dict[str, Any] = {"scope": "customers:export", "problems": [404]}


class PersonBody(Struct, forbid_unknown_fields=True):
    """Who is meant: a document, the id of a customer, or the token of an envelope.

    With ``tenant``, whoever sees every tenant says whose person is meant; else it is the token's.
    """

    person: Annotated[str, Meta(min_length=1, max_length=60, examples=["165.145.480-91"])]
    tenant: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$(?!\n)")] | None = None


class KeptAnswer(Struct):
    """Something that a law obliges to keep, and the first day on which it goes."""

    thing: UUID
    law: str
    until: date


class ErasureAnswer(Struct):
    """An erasure; ``things`` are the ids of the customers and envelopes that name nobody now.

    ``kept``: all is gone but what ``kept`` names, and that goes by itself when it may.
    """

    id: UUID
    state: str
    things: Sequence[UUID]
    requested_by: str
    requested_at: datetime
    ended_at: datetime | None
    kept: Sequence[KeptAnswer]


def present(erasure: Erasure) -> ErasureAnswer:
    """An erasure as whoever asked for it sees it."""
    return ErasureAnswer(
        erasure.id,
        erasure.state.value,
        erasure.roots,
        erasure.requested_by,
        erasure.requested_at,
        erasure.ended_at,
        [
            KeptAnswer(UUID(one["thing"]), one["law"], date.fromisoformat(one["until"]))
            for one in erasure.kept
        ],
    )


async def _identify(work: UnitOfWork, runtime: Runtime, body: PersonBody) -> Person:
    tenant = body.tenant or work.bounds.tenant
    return await identify(work, runtime.people, body.person, tenant=tenant)


class ErasuresController(Controller):
    """People, wherever they are held."""

    path = "/api/v1/customers"
    tags = ["Erasing and exporting"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(
        "/erase",
        status_code=202,
        opt=ERASE | {"idempotent": True, "problems": [400, 404, 409]},
    )
    async def erase(
        self, data: JSONBody[PersonBody], runtime: FromRuntime, actor: FromActor
    ) -> ErasureAnswer:
        """Have a person erased; again is the same erasure. 409 says what is still under way."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            person = await _identify(work, runtime, data)
            made = await request_erasure(work, runtime.people, person)
            return await answered(work, present(made))

    @get("/erasures", opt=ERASE)
    async def list_erased(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[ErasureAnswer]:
        """Erasures, newest first."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            rows = await list_erasures(work, before=before, limit=limit)
        return to_page(rows, limit, present=present, key=lambda row: row.id)

    @get("/erasures/{erasure_id:uuid}", opt=ERASE)
    async def show_erased(self, erasure_id: FromPath[UUID], runtime: FromRuntime) -> ErasureAnswer:
        """One erasure, and what is kept by law until when."""
        async with runtime.database.unit_of_work() as work:
            return present(await get_erasure(work, erasure_id))

    @post(
        "/export",
        status_code=200,
        opt=EXPORT,
        responses={
            200: ResponseSpec(
                dict[str, Any],
                description="`held`: rows by table, pictures in base64; `messages`: what outside "
                "systems sent about the person.",
                generate_examples=False,
            )
        },
    )
    async def export(
        self, data: JSONBody[PersonBody], runtime: FromRuntime, actor: FromActor
    ) -> Stream:
        """Everything held about a person, as it is found, row by row."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            person = await _identify(work, runtime, data)
            roots = await begin_export(work, runtime.people, person)
        return Stream(
            export_person(runtime.database, runtime.people, roots), media_type="application/json"
        )
