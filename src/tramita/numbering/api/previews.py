"""``/api/v1/numbering/previews``: hold three numbers, choose one."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.datastructures import CacheControlHeader
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct, convert

from tramita.kit.http.actors import ACTOR
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.runtime import Runtime
from tramita.numbering.api.carriers import CARRIER, FromCarrier
from tramita.numbering.lifecycle import PreviewState
from tramita.numbering.numbers.reserving import (
    ReservedNumber,
    reserve_at_random,
    reserve_from_preview,
)
from tramita.numbering.numbers.resuming import resume_preview, resume_reservation
from tramita.numbering.previews.queries import PreviewNumberAnswer, PreviewView, get_preview
from tramita.numbering.previews.service import Order, create_preview

WRITE: dict[str, Any] = {"scope": "numbering:write", "idempotent": True}
# Numbers are offered and taken within seconds: a stored answer would be wrong, 410 included.
NO_STORE = CacheControlHeader(no_store=True)

DDD = Annotated[str, Meta(description="The area code, two digits, such as `11`.")]
BrandId = Annotated[str, Meta(min_length=1, max_length=64, description="The brand's id at Sigan.")]
PreviewId = Annotated[UUID, PathParameter(description="The preview's id")]
Index = Annotated[int, PathParameter(description="The number's index, 0 to 2")]


class PreviewBody(Struct, forbid_unknown_fields=True):
    """Numbers to be held. ``previous_id``: the preview that this one replaces."""

    ddd: DDD
    brand_id: BrandId
    previous_id: UUID | None = None


class RandomBody(Struct, forbid_unknown_fields=True):
    """A number to be reserved, whichever it is."""

    ddd: DDD
    brand_id: BrandId


class PreviewAnswer(Struct):
    """A preview. `reserved_msisdn` is there while one of its numbers is reserved from it."""

    id: UUID
    ddd: str
    state: PreviewState
    expires_at: datetime
    numbers: list[PreviewNumberAnswer]
    reserved_msisdn: str | None


class ReservationAnswer(Struct):
    """A reserved number. Unless it is assigned until `reserved_until`, it is given back."""

    msisdn: str
    status: str
    preview_id: UUID | None
    reserved_until: datetime


def _present(view: PreviewView) -> PreviewAnswer:
    return convert(view, PreviewAnswer, from_attributes=True)


def present_reservation(reserved: ReservedNumber) -> ReservationAnswer:
    """A reservation as its caller gets it: with the number in full."""
    return ReservationAnswer(
        reserved.msisdn, "RESERVED", reserved.preview_id, reserved.reserved_until
    )


async def _resume_preview(runtime: Runtime, operation_key: str) -> PreviewAnswer | None:
    found = await resume_preview(runtime, operation_key)
    return _present(found) if found else None


async def _resume_reservation(runtime: Runtime, operation_key: str) -> ReservationAnswer | None:
    found = await resume_reservation(runtime, operation_key)
    return present_reservation(found) if found else None


HOLD: dict[str, Any] = {**WRITE, "problems": [404, 502, 504], "resume": _resume_preview}
RESERVE: dict[str, Any] = {
    **WRITE,
    "problems": [410, 500, 502, 504],
    "resume": _resume_reservation,
}


class PreviewsController(Controller):
    """Three numbers of an area code, held for a quarter of an hour."""

    path = "/api/v1/numbering/previews"
    tags = ["Numbering"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR | CARRIER
    cache_control = NO_STORE

    @post(opt=HOLD)
    async def create(
        self,
        data: JSONBody[PreviewBody],
        runtime: FromRuntime,
        actor: FromActor,
        carrier: FromCarrier,
    ) -> PreviewAnswer:
        """Hold three numbers to choose from, masked. Asks the provider, which takes seconds.

        400 the area code is none by its looks, 422 there is no such area code or brand · 404,
        409 there is no such previous preview, or a number of it is, or is being, reserved.
        """
        order = Order(data.ddd, data.brand_id, carrier, actor, data.previous_id)
        return _present(await create_preview(runtime, order))

    @get("/{preview_id:uuid}", opt={"scope": "numbering:read"})
    async def show(
        self, preview_id: PreviewId, runtime: FromRuntime, carrier: FromCarrier
    ) -> PreviewAnswer:
        """How a preview stands, and what was reserved from it."""
        async with runtime.database.unit_of_work() as work:
            return _present(await get_preview(work, preview_id, carrier))

    @post("/{preview_id:uuid}/numbers/{index:int}/reserve", status_code=200, opt=RESERVE)
    async def reserve(
        self,
        preview_id: PreviewId,
        index: Index,
        runtime: FromRuntime,
        actor: FromActor,
        carrier: FromCarrier,
    ) -> ReservationAnswer:
        """Reserve one of its numbers.

        Checked in this order: 404 no such preview or index · 410 it is over · 409
        `RESERVATION_IN_PROGRESS`, `PREVIEW_CONSUMED` · 500 `NUMBER_INVENTORY_DIVERGENCE`: the
        number is in use here · 410 a few seconds are left, or the provider has let it go.
        """
        reserved = await reserve_from_preview(
            runtime, preview_id, index, caller=carrier, actor=actor
        )
        return present_reservation(reserved)


@post(
    "/api/v1/numbering/random-reservations",
    opt=RESERVE,
    tags=["Numbering"],
    dependencies=ACTOR | CARRIER,
    cache_control=NO_STORE,
)
async def reserve_random(
    data: JSONBody[RandomBody], runtime: FromRuntime, actor: FromActor, carrier: FromCarrier
) -> ReservationAnswer:
    """Reserve a number of an area code without a preview.

    500 `NUMBER_INVENTORY_DIVERGENCE`: the number that the provider offers is in use here.
    """
    order = Order(data.ddd, data.brand_id, carrier, actor)
    return present_reservation(await reserve_at_random(runtime, order))
