"""How an order stands, in words: its way so far, and what is under way outside."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tramita.console.words import STAMPS, Stamp, name_of_kind
from tramita.kit.http.showing import Step
from tramita.kit.languages.filled import Filled
from tramita.kit.languages.words import to_translate
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.unsettled import Unsettled
from tramita.orders.lifecycle import ENROLLING, INACTIVE, OrderState
from tramita.orders.operator.story import OrderStanding, OrderStory
from tramita.payments.lifecycle import InstallmentState
from tramita.signatures.lifecycle import UNSIGNED


def places_of(story: OrderStanding) -> Mapping[UUID, int]:
    """Which instalment each instalment, payment and refund is about."""
    if story.account is None:
        return {}
    return {one.id: one.position for one in story.account.installments} | {
        one.id: one.position for one in story.account.movements
    }


def unsettled_of(story: OrderStory) -> list[tuple[Unsettled, str, Stamp]]:
    """Acts outside that have not ended, those that need a person first."""
    places = places_of(story)
    return [
        (one, _named(one.kind, places.get(one.subject_id)), STAMPS[OperationState(one.state)])
        for one in story.unsettled
    ]


def _named(kind: str, place: int | None) -> str:
    name = name_of_kind(kind)
    return Filled.of("{name} {place}", name=name, place=place) if place else name


def route_of(story: OrderStanding) -> Sequence[Step]:
    """The way of an order as far as it is its own: what is done, what it waits for, what went wrong."""
    row, account, signature = story.row, story.account, story.signature
    states = [one.state for one in account.installments] if account else []
    is_paid = bool(states) and set(states) <= {InstallmentState.PAID}
    is_signed = signature is not None and signature.student
    is_lost = signature is not None and signature.state in UNSIGNED
    has_card = account is not None and account.card is not None
    steps = [(to_translate("Ordered"), True, False)]
    if row.is_signed_by_contract:
        steps.append((to_translate("Signature"), is_signed, is_lost))
    if account is not None:
        steps.append((to_translate("Card"), has_card or InstallmentState.PAID in states, False))
        steps.append(
            (
                to_translate("First payment"),
                states[:1] == [InstallmentState.PAID],
                row.state is OrderState.NO_PAYMENT,
            )
        )
    if row.targets:
        steps.append((to_translate("Courses open"), row.state in ENROLLING, False))
    if account is not None:
        steps.append((to_translate("Paid"), is_paid, row.state is OrderState.FAILED_PAYMENT))
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
