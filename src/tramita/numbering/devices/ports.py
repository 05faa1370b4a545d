"""What numbering needs from outside about devices: a list of models, and who takes an eSIM."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeAlias, TypeVar

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome

T = TypeVar("T")


class CatalogRefusal(StrEnum):
    """Why a catalogue says no: the ``code`` of its ``Refused`` outcomes."""

    BRAND_NOT_FOUND = "brand_not_found"
    UNKNOWN_MODEL = "unknown_model"
    BAD_IDENTIFIER = "bad_identifier"
    OTHER = "other"


class Verdict(StrEnum):
    """Whether a device takes an eSIM; a list that is silent says ``UNKNOWN``."""

    COMPATIBLE = "COMPATIBLE"
    NOT_COMPATIBLE = "NOT_COMPATIBLE"
    UNKNOWN = "UNKNOWN"


class ESIM(StrEnum):
    """What a list says of a model's eSIM."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Brand:
    """A maker of devices, by the catalogue's own id."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Model:
    """A device of one region. Names are shared between regions, ``code`` is not.

    ``tacs`` are the first eight digits of its IMEIs.
    """

    id: str
    name: str
    code: str
    region: str | None
    esim: ESIM
    tacs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """A page of a list. ``version`` changes when the list does, ``etag`` when this page does."""

    items: tuple[T, ...]
    page: int
    pages: int
    total: int
    version: str
    etag: str | None = None


class NotChanged:
    """The page is what it was when it had the tag that was sent along."""


class AskedBy(StrEnum):
    """What a device is named by when the operator is asked about it."""

    EID = "eid"
    TAC = "tac"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class AskedDevice:
    """A device to be asked about.

    There is no IMEI: its first eight digits tell the model, and the rest, which tells
    whose device it is, need not leave the house.
    """

    by: AskedBy
    value: str


@dataclass(frozen=True, slots=True)
class OperatorVerdict:
    """The operator's own answer; ``reason`` is in its words."""

    verdict: Verdict
    reason: str | None = None
    list_version: str | None = None


BrandPage: TypeAlias = ListPage[Brand]
ModelPage: TypeAlias = ListPage[Model]


class DeviceCatalog(Protocol):
    """The operator's catalogue. All of it only asks, so asking again does no harm.

    ``page`` counts from 1. ``known`` is the tag a page had: unchanged is ``NotChanged``.
    """

    async def list_brands(
        self, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[BrandPage | NotChanged]:
        """One page of the brands."""
        ...

    async def list_models(
        self, brand_id: str, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[ModelPage | NotChanged]:
        """One page of a brand's models."""
        ...

    async def check_esim(self, device: AskedDevice, attempt: Attempt) -> Outcome[OperatorVerdict]:
        """Whether a device takes an eSIM of this operator."""
        ...
