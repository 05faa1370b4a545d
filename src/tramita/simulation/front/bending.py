"""Documents that are odd in one place: what any vendor that answers JSON may get wrong."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.kinds import Conduct, Step

# Makes one field of a document odd: takes the document and the field's name.
Spoil = Callable[[dict[str, Any], str], None]

KINDS: Mapping[str, Conduct] = {
    kind: Conduct(Step.BEND)
    for kind in ("missing_field", "wrong_type", "extra_field", "wrong_content_type")
}


def bend_format(answer: Answer, fault: Fault, *, usual: str = "") -> Answer:
    """Break the format of one answer; one that is no document stays as it is.

    The argument ``path`` names a field (``items.0.esim``), else it is the ``usual`` or the
    first one; ``content_type`` is what the document is called.
    """
    body: Any = answer.body
    if not isinstance(body, dict):
        return answer
    match fault.kind:
        case "extra_field":
            return replace(answer, body={**body, "unheardOf": {"since": "today"}})
        case "wrong_content_type":
            named = {"content-type": fault.argument("content_type", "text/plain")}
            return replace(answer, headers={**answer.headers, **named})
        case _:  # missing_field or wrong_type.
            path = fault.argument("path", usual or next(iter(body), ""))
            spoil = leave_out if fault.kind == "missing_field" else make_odd
            return replace(answer, body=spoiled(body, path.split("."), spoil))


def leave_out(document: dict[str, Any], name: str) -> None:
    """The field is missing."""
    del document[name]


def make_odd(document: dict[str, Any], name: str) -> None:
    """The field is of a type that nobody expects."""
    document[name] = {"unexpected": True}


def spoiled(value: Any, path: list[str], spoil: Spoil) -> Any:
    """A copy of a document that is odd at ``path``; one without such a field is as it was."""
    name, *rest = path
    if isinstance(value, list | tuple):
        return [
            spoiled(item, rest, spoil) if str(place) == name and rest else item
            for place, item in enumerate(value)
        ]
    if not isinstance(value, dict) or name not in value:
        return value
    copied = dict(value)
    if rest:
        copied[name] = spoiled(value[name], rest, spoil)
    else:
        spoil(copied, name)
    return copied
