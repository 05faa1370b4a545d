"""What a form of the catalogue says: as it was typed, as the API's body, and what is wrong with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from tramita.console.acting import NO_BUTTON
from tramita.kit.errors import FieldError, InvalidError, TramitaError
from tramita.kit.http.bodies import decode_body
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.words import to_translate
from tramita.orders.console.shelves import Look, Shelf

Errors = Mapping[str, Sequence[str]]
# What is told of any body that cannot be read.
_OF_THE_FORM: Final = frozenset({"missing", "wrong_type", "invalid", "nul_character"})
_MISSING: Final = to_translate("This has to be filled in.")
_WRONG: Final = to_translate("This is empty, too long, or not written as it has to be.")
_WRITTEN: Final[Mapping[Look | None, str]] = {
    Look.DATE: to_translate("This is no date."),
    Look.MONEY: to_translate("An amount is written as 300.00, and its currency as EUR."),
    Look.CHOICE: to_translate("Choose one of these."),
}


async def typed_in(request: AnyRequest, kind: Shelf) -> dict[str, Any]:
    """What the form says, by field, as it was typed."""
    form = await request.form()
    typed: dict[str, Any] = {}
    for one in kind.fields:
        if one.look is Look.MANY:
            typed[one.name] = [str(value) for value in form.getall(one.name, [])]
        elif one.look is Look.YES:
            typed[one.name] = form.get(one.name) == "yes"
        else:
            typed[one.name] = str(form.get(one.name, "")).replace("\r\n", "\n")
    if any(one.look is Look.MONEY for one in kind.fields):
        typed["price_currency"] = str(form.get("price_currency", ""))
    return typed


def read_body(kind: Shelf, typed: Mapping[str, Any], body: type[msgspec.Struct]) -> Any:
    """The same as the API's body; raises ``InvalidError`` with everything that is wrong."""
    said: dict[str, Any] = {}
    for one in kind.fields:
        whole, _, part = one.name.partition(".")
        if whole not in body.__struct_fields__:
            continue
        value = typed[one.name]
        if one.look is Look.MONEY:
            value = {"amount": value, "currency": typed["price_currency"]}
        elif value == "" and one.may_be_empty:
            value = "" if one.name == "description" else None
        if not part:
            said[one.name] = value
        elif value is None:
            said.setdefault(whole, None)
        else:
            said[whole] = (said.get(whole) or {}) | {part: value}
    return decode_body(msgspec.json.encode(said), body)


def by_field(wrong: InvalidError, kind: Shelf) -> Errors:
    """What is wrong by field, to be translated; what belongs to none stands above the form."""
    looks = {one.name: one.look for one in kind.fields}
    found: dict[str, list[str]] = defaultdict(list)
    for one in wrong.errors:
        name = one.path if one.path in looks else one.path.split(".")[0].split("[")[0]
        said = _said(one, looks.get(name))
        if said not in (told := found[name if name in looks else ""]):
            told.append(said)
    return found


def member_errors(wrong: Exception) -> Errors:
    """The same of somebody who is to act for an organization, or is to act no more."""
    if isinstance(wrong, InvalidError):
        return {f"member_{one.path}": [_said(one, None)] for one in wrong.errors}
    return {"": [wrong.sentence if isinstance(wrong, TramitaError) else NO_BUTTON]}


def _said(one: FieldError, look: Look | None) -> str:
    """Of what has no rule of its own, what belongs there: whoever types sees no type of ours."""
    if one.code in _OF_THE_FORM:
        return _MISSING if one.code == "missing" else _WRITTEN.get(look, _WRONG)
    return one.message
