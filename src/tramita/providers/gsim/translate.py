"""GSIM's words in ours: pure and total."""

from typing import Final

from tramita.numbering.devices.ports import (
    ESIM,
    AskedBy,
    AskedDevice,
    Brand,
    BrandPage,
    CatalogRefusal,
    ListPage,
    Model,
    ModelPage,
    OperatorVerdict,
    Verdict,
)
from tramita.providers.gsim.wire import WireBrand, WireModel, WirePage, WireVerdict

_REFUSALS: Final = {
    "BRAND_NOT_FOUND": CatalogRefusal.BRAND_NOT_FOUND,
    "UNKNOWN_MODEL": CatalogRefusal.UNKNOWN_MODEL,
    "BAD_IMEI": CatalogRefusal.BAD_IDENTIFIER,
    "BAD_EID": CatalogRefusal.BAD_IDENTIFIER,
}
_FIELDS: Final = {AskedBy.EID: "eid", AskedBy.TAC: "tac", AskedBy.MODEL: "modelId"}
_TAC_LENGTH: Final = 8


def translate_brands(page: WirePage[WireBrand], etag: str | None) -> BrandPage:
    """A page of brands."""
    items = tuple(Brand(one.id, _name(one.name, one.id)) for one in page.items)
    return ListPage(items, page.page, page.pages, page.total, page.updated_at, etag)


def translate_models(page: WirePage[WireModel], etag: str | None) -> ModelPage:
    """A page of one brand's models."""
    items = tuple(map(_model, page.items))
    return ListPage(items, page.page, page.pages, page.total, page.updated_at, etag)


def translate_verdict(said: WireVerdict) -> OperatorVerdict:
    """What GSIM says about one device."""
    return OperatorVerdict(Verdict(said.verdict), said.reason, said.list_version)


def translate_refusal(code: str) -> CatalogRefusal:
    """Why GSIM says no."""
    return _REFUSALS.get(code, CatalogRefusal.OTHER)


def to_question(device: AskedDevice) -> dict[str, str]:
    """The body that asks about one device."""
    return {_FIELDS[device.by]: device.value}


def _model(wire: WireModel) -> Model:
    name = _name(wire.name, wire.code or wire.id)
    # Defensive: community lists have TACs of seven digits, or with letters; they match no IMEI.
    tacs = tuple(sorted({tac for tac in wire.tacs if _is_tac(tac)}))
    return Model(wire.id, name, wire.code, wire.region, ESIM(wire.esim), tacs)


def _name(name: str, otherwise: str) -> str:
    """Public device lists have entries without a name."""
    return name.strip() or otherwise


def _is_tac(text: str) -> bool:
    return len(text) == _TAC_LENGTH and text.isascii() and text.isdecimal()
