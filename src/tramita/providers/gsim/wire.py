"""GSIM's records [assumed], only the fields we use. Unknown fields are allowed."""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

I = TypeVar("I")  # noqa: E741 - an item

# An id goes into addresses and keys: an empty one would name everything or nothing.
WireID = Annotated[str, Meta(min_length=1, max_length=200)]


class WireBrand(Struct, rename="camel"):
    """A maker of devices."""

    id: WireID
    name: str


class WireModel(Struct, rename="camel"):
    """A device of one region."""

    id: WireID
    name: str
    code: str
    esim: Literal["YES", "NO", "UNKNOWN"]
    region: str | None = None
    tacs: list[str] = []


class WirePage(Struct, Generic[I], rename="camel"):
    """A page of a list; pages count from 1."""

    items: list[I]
    page: int
    pages: Annotated[int, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0)]
    updated_at: str


class WireVerdict(Struct, rename="camel"):
    """What GSIM says about one device."""

    verdict: Literal["COMPATIBLE", "NOT_COMPATIBLE", "UNKNOWN"]
    reason: str | None = None
    list_version: str | None = None


class WireError(Struct, rename="camel"):
    """GSIM's error envelope."""

    code: str
    message: str
