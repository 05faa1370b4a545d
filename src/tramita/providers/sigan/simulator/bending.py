"""Answers of this simulated Sigan that are wrong in a way its client must notice."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from tramita.providers.sigan.simulator.stock import ddd_of
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front import bending


def _wrong_ddd(msisdn: str) -> str:
    """The number in another area code that exists."""
    other = "21" if ddd_of(msisdn) == "11" else "11"
    return msisdn[:2] + other + msisdn[4:]


def _twelve_digits(msisdn: str) -> str:
    """As mobile numbers were written before they got the ninth digit."""
    return msisdn[:4] + msisdn[5:]


def _with_plus(msisdn: str) -> str:
    return f"+{msisdn}"


def _letters(msisdn: str) -> str:
    return msisdn[:-4] + "VIVO"


def _fixed_line(msisdn: str) -> str:
    """A number that no mobile line has: eight digits, beginning with 3."""
    return msisdn[:4] + "3" + msisdn[6:]


MISWRITTEN: Final[Mapping[str, Callable[[str], str]]] = {
    "wrong_ddd": _wrong_ddd,
    "twelve_digits": _twelve_digits,
    "with_plus": _with_plus,
    "letters": _letters,
    "fixed_line": _fixed_line,
}
MISSHAPEN: Final = ("duplicate_numbers", "missing_field", "unknown_field", "wrong_content_type")


def bend(answer: Answer, fault: Fault) -> Answer:
    """The answer as the fault would have it; one that has no such part stays as it is."""
    body: Any = answer.body
    if fault.kind in bending.KINDS or not isinstance(body, dict):
        return bending.bend_format(answer, fault)
    return replace(answer, body=_bent(body, fault))


def _bent(body: Mapping[str, Any], fault: Fault) -> dict[str, Any]:
    match fault.kind:
        case "unknown_field":
            return {**body, "novelty": {"since": "release 2"}}
        case "duplicate_numbers":
            return _with_numbers(body, _twice)
        case _:
            write = MISWRITTEN[fault.kind]
            if "msisdn" in body:
                return {**body, "msisdn": write(body["msisdn"])}
            return _with_numbers(body, lambda numbers: _miswritten(numbers, write, fault))


def _with_numbers(
    body: Mapping[str, Any], change: Callable[[list[str]], list[str]]
) -> dict[str, Any]:
    if "numbers" not in body:
        return dict(body)
    changed = change([number["msisdn"] for number in body["numbers"]])
    numbers = [{"position": position, "msisdn": one} for position, one in enumerate(changed)]
    return {**body, "numbers": numbers}


def _twice(numbers: list[str]) -> list[str]:
    """The first number stands in the place of the second too."""
    return [*numbers[:1], *numbers[:1], *numbers[2:]]


def _miswritten(numbers: list[str], write: Callable[[str], str], fault: Fault) -> list[str]:
    """One number, by ``position``, or every number written otherwise."""
    is_every = fault.argument("every", False)
    chosen = int(fault.argument("position", 0.0))
    return [
        write(number) if is_every or position == chosen else number
        for position, number in enumerate(numbers)
    ]
