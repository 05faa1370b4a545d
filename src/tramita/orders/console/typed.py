"""What a form of the catalogue says: as it was typed, as the API's body, and what is wrong with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tramita.kit.errors import InvalidError
from tramita.kit.http.bodies import decode_body
from tramita.kit.http.forms import AnyRequest
from tramita.orders.console.shelves import Look, Shelf

Errors = Mapping[str, Sequence[str]]


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
    """What is wrong by field; what belongs to none stands above the form."""
    names = {one.name for one in kind.fields}
    found: dict[str, list[str]] = defaultdict(list)
    for one in wrong.errors:
        name = one.path if one.path in names else one.path.split(".")[0].split("[")[0]
        found[name if name in names else ""].append(one.message)
    return found
