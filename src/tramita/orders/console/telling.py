"""What happened to an order, in words: its way so far, its timeline, and what is under way outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.console.times import Moment, Now
from tramita.console.words import (
    OUTCOMES,
    STAMPS,
    Stamp,
    name_of_actor,
    name_of_kind,
    name_of_move,
)
from tramita.kit.http.showing import Step
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.timeline import TimelineEntry
from tramita.orders.console.schedule import places_of
from tramita.orders.console.words import LANES, explain_refusal, name_of_part_move, stamp_of
from tramita.orders.lifecycle import ENROLLING, INACTIVE, OrderState
from tramita.orders.operator.story import OrderStanding, OrderStory, Unsettled
from tramita.payments.lifecycle import InstallmentState
from tramita.signatures.lifecycle import UNSIGNED

SENT_MAIL: Final = Stamp("Sent", "done")
REFUSED_MAIL: Final = Stamp("Not sent", "refused")
_SENDING: Final = "send"  # The exchange that follows says the same.


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline; ``is_said``: an exchange with a provider."""

    at: Moment
    day: str
    time: str
    lane: str
    stamp: Stamp | None
    title: str
    actor: str
    cause: str | None
    operation_id: str | None
    is_said: bool


def is_told(entry: TimelineEntry) -> bool:
    """Whether an entry says something that no other does."""
    match entry.kind:
        case "transition":
            return entry.details["of"] in LANES
        case "operation":
            return entry.what != _SENDING
        case "exchange" | "email":
            return True
        case _:
            return False  # The core's own words for what the order's moves say.


def tell(entry: TimelineEntry, story: OrderStory, *, now: Now) -> Entry:
    """An entry in words, as its reader is told at ``now``."""
    said, here = entry.details, entry.at.astimezone(now.words.zone)
    place = places_of(story).get(UUID(said["subject"])) if "subject" in said else None
    kind = said.get("of", "") if entry.kind == "operation" else entry.what
    stamp: Stamp | None
    match entry.kind:
        case "transition":
            lane, title = LANES[said["of"]], name_of_part_move(said["of"], entry.what, place)
            stamp = stamp_of(said["of"], said["to"])
        case "operation":
            lane, title = _lane_of(kind), f"{_named(kind, place)}: {name_of_move(entry.what)}"
            stamp = STAMPS[OperationState(said["to"])]
        case "email":
            lane, title = "E-mail", f"{name_of_kind(entry.what)} ({said['language']})"
            stamp = REFUSED_MAIL if entry.cause else SENT_MAIL
        case _:
            lane, title = _lane_of(kind), f"{said['method']} {said['path']}"
            stamp = OUTCOMES.get(said["outcome"])
    return Entry(
        Moment.of(entry.at, now=now),
        f"{here:%A, %-d %B %Y}",
        f"{here:%H:%M:%S}",
        lane,
        stamp,
        title,
        name_of_actor(entry.actor, now.words) if entry.actor else "",
        explain_refusal(entry.cause) if entry.kind == "transition" else entry.cause,
        said.get("operation"),
        entry.kind == "exchange",
    )


def _lane_of(kind: str) -> str:
    """Whom an act outside is about."""
    return "Signature" if kind.startswith("signatures.") else "Payment"


def _named(kind: str, place: int | None) -> str:
    name = name_of_kind(kind)
    return f"{name} {place}" if place else name


def unsettled_of(story: OrderStory) -> list[tuple[Unsettled, str, Stamp]]:
    """Acts outside that have not ended, those that need a person first."""
    places = places_of(story)
    found = [
        (one, _named(one.kind, places.get(one.subject_id)), STAMPS[OperationState(one.state)])
        for one in story.unsettled
    ]
    return sorted(found, key=lambda one: one[0].state != OperationState.NEEDS_ATTENTION)


def route_of(story: OrderStanding) -> Sequence[Step]:
    """The way of an order as far as it is its own: what is done, what it waits for, what went wrong."""
    row, account, signature = story.row, story.account, story.signature
    states = [one.state for one in account.installments] if account else []
    is_paid = bool(states) and set(states) <= {InstallmentState.PAID}
    is_signed = signature is not None and signature.student
    is_lost = signature is not None and signature.state in UNSIGNED
    has_card = account is not None and account.card is not None
    steps = [("Ordered", True, False)]
    if row.is_signed_by_contract:
        steps.append(("Signed", is_signed, is_lost))
    if account is not None:
        steps.append(("Card", has_card or InstallmentState.PAID in states, False))
        steps.append(
            (
                "First payment",
                states[:1] == [InstallmentState.PAID],
                row.state is OrderState.NO_PAYMENT,
            )
        )
    if row.targets:
        steps.append(("Courses open", row.state in ENROLLING, False))
    if account is not None:
        steps.append(("Paid", is_paid, row.state is OrderState.FAILED_PAYMENT))
    return _looks(steps, is_over=row.state in INACTIVE)


def _looks(steps: Sequence[tuple[str, bool, bool]], *, is_over: bool) -> list[Step]:
    """The first that is not done is where it stands, unless it is over."""
    found, is_waiting = [], not is_over
    for name, is_done, is_bad in steps:
        look = (
            "done" if is_done else "bad" if is_bad and not is_over else "now" if is_waiting else ""
        )
        is_waiting = is_waiting and is_done
        found.append(Step(name, look))
    return found
