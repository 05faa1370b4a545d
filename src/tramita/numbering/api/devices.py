"""``/api/v1/devices``: brands and models of devices, and whether one takes an eSIM."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from litestar import Controller, Response, get, post
from litestar.datastructures import ResponseHeader
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter
from msgspec import Meta, Struct, convert

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.pages import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Text,
    decode_cursor,
    to_page,
)
from tramita.numbering.devices import queries
from tramita.numbering.devices.esim import check_esim
from tramita.numbering.devices.queries import BrandRow, ModelRow, SortKey
from tramita.numbering.devices.verdicts import read_device

READ: Final[dict[str, Any]] = {"scope": "numbering:read"}

BrandID: TypeAlias = Annotated[str, PathParameter(description="The brand's id", max_length=200)]
KnownTag: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="If-None-Match",
        max_length=500,
        description="`ETag` of an answer to the same question; unchanged is 304.",
    ),
]
# Wider than any sound identifier; what one must look like is said in a sentence.
Digits: TypeAlias = Annotated[str, Meta(max_length=64)]

_TAG: Final = ResponseHeader(
    name="ETag",
    description="Changes when the list is read anew.",
    value='"1795348800.000000"',
    documentation_only=True,
)
_UNCHANGED: Final = ResponseSpec(
    None, description="As it was when it had the tag.", generate_examples=False
)


class BrandAnswer(Struct):
    """A maker of devices; the id is the operator's."""

    id: str
    name: str


class ModelAnswer(Struct):
    """A device of one region; names are shared between regions, `code` is not."""

    id: str
    name: str
    code: str
    region: str | None
    esim: Literal["YES", "NO", "UNKNOWN"]


class BrandsAnswer(Struct):
    """Some brands by name, as the operator had them at `as_of`."""

    items: list[BrandAnswer]
    next_cursor: str | None
    as_of: datetime


class ModelsAnswer(Struct):
    """Some models by name, as the operator had them at `as_of`."""

    items: list[ModelAnswer]
    next_cursor: str | None
    as_of: datetime


L = TypeVar("L", BrandsAnswer, ModelsAnswer)


class DeviceBody(Struct, forbid_unknown_fields=True):
    """A device, by at least one of these. Spaces, dots and hyphens between digits are fine."""

    imei: Digits | None = None
    tac: Digits | None = None
    eid: Digits | None = None
    model_id: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class CompatibilityAnswer(Struct):
    """Whether the device takes an eSIM, what that rests on, and who said so when.

    `UNKNOWN` is an answer: no list is complete. `source` is `GSIM` asked just now, `CATALOG`
    its last list, or `DEVICE`, whose EID says it has the chip.
    """

    verdict: Literal["COMPATIBLE", "NOT_COMPATIBLE", "UNKNOWN"]
    reasons: list[str]
    evidence: Literal["EID", "TAC", "MODEL", "OPERATOR"] | None
    as_of: datetime | None
    source: Literal["GSIM", "CATALOG", "DEVICE"] | None


class DevicesController(Controller):
    """The operator's list of devices, as it was read last."""

    path = "/api/v1/devices"
    tags = ["Devices"]  # noqa: RUF012 - Litestar's own declaration

    @get(
        "/brands",
        opt=READ,
        response_headers=[_TAG],
        responses={304: _UNCHANGED},
    )
    async def list_brands(
        self,
        runtime: FromRuntime,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        known: KnownTag = None,
    ) -> Response[BrandsAnswer]:
        """Brands by name; 503 only when there never was a list."""
        after = decode_cursor(cursor, SortKey)
        async with runtime.database.unit_of_work() as work:
            found = await queries.list_brands(work, after=after, limit=limit)
        page = to_page(found.rows, limit, present=_present_brand, key=lambda row: row.key)
        return _answer(BrandsAnswer(page.items, page.next_cursor, found.as_of), known)

    @get(
        "/brands/{brand_id:str}/models",
        opt=READ,
        response_headers=[_TAG],
        responses={304: _UNCHANGED},
    )
    async def list_models(
        self,
        brand_id: BrandID,
        runtime: FromRuntime,
        q: Text = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        known: KnownTag = None,
    ) -> Response[ModelsAnswer]:
        """A brand's models by name; `q` is a part of the name, without accents, or of the code."""
        after = decode_cursor(cursor, SortKey)
        async with runtime.database.unit_of_work() as work:
            found = await queries.list_models(work, brand_id, q=q, after=after, limit=limit)
        page = to_page(found.rows, limit, present=_present_model, key=lambda row: row.key)
        return _answer(ModelsAnswer(page.items, page.next_cursor, found.as_of), known)

    @post("/esim-compatibility", status_code=200, opt=READ | {"malformed_body": 400})
    async def check_compatibility(
        self, data: JSONBody[DeviceBody], runtime: FromRuntime
    ) -> CompatibilityAnswer:
        """Whether a device takes an eSIM; changes nothing.

        An EID proves the chip; a TAC, the first digits of an IMEI, or a model's id leads to the
        operator's list; the operator itself is asked too, and its word counts.
        """
        device = read_device(eid=data.eid, imei=data.imei, tac=data.tac, model_id=data.model_id)
        judgment = await check_esim(runtime, device)
        return convert(judgment, CompatibilityAnswer, from_attributes=True)


def _answer(body: L, known: str | None) -> Response[L]:
    """``body``, or 304 for whoever has it already."""
    # Whatever the list says, it says until it is read anew.
    tag = f'"{body.as_of.timestamp():.6f}"'
    tags = [one.strip().removeprefix("W/") for one in (known or "").split(",")]
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in tags or "*" in tags:
        # No body goes with 304, whatever the type of the other answer is.
        return Response(None, status_code=304, headers=headers)  # type: ignore[arg-type]
    return Response(body, headers=headers)


def _present_brand(row: BrandRow) -> BrandAnswer:
    return convert(row, BrandAnswer, from_attributes=True)


def _present_model(row: ModelRow) -> ModelAnswer:
    return convert(row, ModelAnswer, from_attributes=True)
