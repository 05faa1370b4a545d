"""``/api/v1/numbering/numbers`` and ``/reservations``: numbers, and what is done with them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from tramita.kit.bounds import Bounds
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.runtime import Runtime
from tramita.numbering.api.carriers import CARRIER, FromCarrier
from tramita.numbering.api.previews import NO_STORE, WRITE
from tramita.numbering.devices.identifiers import check_iccid
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger
from tramita.numbering.numbers.queries import (
    NumberAnswer,
    NumberFilter,
    NumberItem,
    get_number,
    list_numbers,
)
from tramita.numbering.numbers.releasing import release_reservation
from tramita.numbering.numbers.service import assign_number, move_line, terminate_line
from tramita.numbering.settings import NumberingSettings

READ: dict[str, Any] = {"scope": "numbering:read"}

MSISDN = Annotated[
    str,
    PathParameter(
        pattern=r"^55[1-9][1-9]9[0-9]{8}$(?!\n)",
        description="The number: `55`, the area code, `9` and eight more digits",
    ),
]


class AssignBody(Struct, forbid_unknown_fields=True):
    """The SIM that a number is bound to."""

    sim_id: Annotated[
        str,
        Meta(
            max_length=64,
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)",
            description="The SIM's ICCID, or another name for it that has a letter",
        ),
    ]

    def to_sim(self) -> str:
        """The SIM's name; raises ``InvalidError`` when digits alone are no ICCID."""
        if not self.sim_id.isdecimal():
            return self.sim_id
        checked = check_iccid(self.sim_id, "sim_id")
        if isinstance(checked, FieldError):
            raise InvalidError([checked])
        return checked


Move = Callable[..., Awaitable[None]]


class NumbersController(Controller):
    """Numbers that are, or were, ours."""

    path = "/api/v1/numbering/numbers"
    tags = ["Numbering"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR | CARRIER
    cache_control = NO_STORE

    @get(opt=READ)
    async def list_all(
        self,
        runtime: FromRuntime,
        carrier: FromCarrier,
        status: Annotated[
            NumberStatus | None, QueryParameter(description="Only numbers in this state")
        ] = None,
        ddd: Annotated[
            str | None,
            QueryParameter(
                pattern=r"^[1-9][1-9]$(?!\n)", description="Only numbers of this area code"
            ),
        ] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[NumberItem]:
        """Numbers, masked, oldest first."""
        after = decode_cursor(cursor, UUID)
        wanted = NumberFilter(carrier, status.value if status else None, ddd)
        async with runtime.database.unit_of_work() as work:
            rows = await list_numbers(work, wanted, after=after, limit=limit + 1)
        return to_page(rows, limit, present=lambda row: row, key=lambda row: row.id)

    @get("/{msisdn:str}", opt=READ)
    async def show(
        self, msisdn: MSISDN, runtime: FromRuntime, carrier: FromCarrier
    ) -> NumberAnswer:
        """One number with its history; a carrier sees it from the last reservation on."""
        async with runtime.database.unit_of_work() as work:
            return await get_number(work, msisdn, seen_by=carrier)

    @post("/{msisdn:str}/assign", status_code=200, opt=WRITE)
    async def assign(
        self,
        msisdn: MSISDN,
        data: JSONBody[AssignBody],
        runtime: FromRuntime,
        actor: FromActor,
        carrier: FromCarrier,
    ) -> NumberAnswer:
        """Bind a number to a SIM: from `RESERVED` to `ASSIGNED`.

        409 from any other state, after `reserved_until`, or when the SIM has another number of yours; 404
        when there is no such SIM for you.
        """
        move = partial(assign_number, sim_id=data.to_sim())
        return await _moved(runtime, msisdn, carrier, actor=actor, move=move)

    @post("/{msisdn:str}/activate", status_code=200, opt=WRITE)
    async def activate(
        self, msisdn: MSISDN, runtime: FromRuntime, actor: FromActor, carrier: FromCarrier
    ) -> NumberAnswer:
        """Its line is live: from `ASSIGNED` to `IN_USE`; 409 from any other state."""
        move = partial(move_line, trigger=NumberTrigger.ACTIVATE)
        return await _moved(runtime, msisdn, carrier, actor=actor, move=move)

    @post("/{msisdn:str}/suspend", status_code=200, opt=WRITE)
    async def suspend(
        self, msisdn: MSISDN, runtime: FromRuntime, actor: FromActor, carrier: FromCarrier
    ) -> NumberAnswer:
        """Its line is suspended: from `IN_USE` to `SUSPENDED`; 409 from any other state."""
        move = partial(move_line, trigger=NumberTrigger.SUSPEND)
        return await _moved(runtime, msisdn, carrier, actor=actor, move=move)

    @post("/{msisdn:str}/resume", status_code=200, opt=WRITE)
    async def resume(
        self, msisdn: MSISDN, runtime: FromRuntime, actor: FromActor, carrier: FromCarrier
    ) -> NumberAnswer:
        """Its line goes on: from `SUSPENDED` to `IN_USE`; 409 from any other state."""
        move = partial(move_line, trigger=NumberTrigger.RESUME)
        return await _moved(runtime, msisdn, carrier, actor=actor, move=move)

    @post("/{msisdn:str}/terminate", status_code=200, opt=WRITE)
    async def terminate(
        self, msisdn: MSISDN, runtime: FromRuntime, actor: FromActor, carrier: FromCarrier
    ) -> NumberAnswer:
        """Its line has ended: from `IN_USE` or `SUSPENDED` to `QUARANTINE`.

        The number rests there until `quarantine_until` and is then given back. 409 from any
        other state.
        """
        rest = timedelta(days=runtime.configured(NumberingSettings).quarantine_days)
        move = partial(terminate_line, rest=rest)
        return await _moved(runtime, msisdn, carrier, actor=actor, move=move)


@delete(
    "/api/v1/numbering/reservations/{msisdn:str}",
    opt={"scope": "numbering:write"},
    tags=["Numbering"],
    dependencies=ACTOR | CARRIER,
    cache_control=NO_STORE,
)
async def release(
    msisdn: MSISDN, runtime: FromRuntime, actor: FromActor, carrier: FromCarrier
) -> None:
    """Give a reserved number back: 204, again too. 409 when it is in any other state."""
    async with runtime.database.unit_of_work(actor=actor) as work:
        await release_reservation(work, msisdn, caller=carrier)


async def _moved(
    runtime: Runtime, msisdn: str, carrier: Bounds, *, actor: str, move: Move
) -> NumberAnswer:
    async with runtime.database.unit_of_work(actor=actor) as work:
        await move(work, msisdn, caller=carrier)
        return await answered(work, await get_number(work, msisdn, seen_by=carrier))
