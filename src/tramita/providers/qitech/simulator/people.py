"""What people around a proposal do when ``/__sim/act`` makes them act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tramita.providers.qitech.simulator import origin_bank
from tramita.providers.qitech.simulator.course import REFUSAL
from tramita.providers.qitech.simulator.life import (
    Life,
    may_finish_refinancing,
    may_register,
)
from tramita.providers.qitech.simulator.lifecycle import BAD_ENDS, Impossible, next_status
from tramita.providers.qitech.simulator.proposals import Operation, Proposal
from tramita.simulation.simulator import UnknownAct

RESERVATIONS = (
    "pending_requester_authorization",
    "pending_confirmation",
    "pending_reservation",
    "authorized",
    "reserved",
    "transferred",
    "terminated",
    "canceled",
)
Amount = Annotated[float, msgspec.Meta(gt=0)]


class Order(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An act of ``/__sim/act``; without a number it is about the latest proposal.

    ``operation`` is ``portability`` or ``refinancing``, where Dataprev acts.
    """

    actor: str
    action: str
    contract_number: str | None = None
    proposal_key: str | None = None
    group_key: str | None = None
    reason: str | None = None
    balance: Amount | None = None
    errors: list[str] = []
    status: str | None = None
    operation: Literal["portability", "refinancing"] = "portability"


@dataclass(frozen=True, slots=True)
class Deed:
    """One kind of act: when it can be done, and what it does."""

    is_possible: Callable[[Proposal, Order], bool]
    do: Callable[[Life, Proposal, Order, datetime], None]


def do(life: Life, proposal: Proposal, order: Order, *, at: datetime) -> None:
    """Do it, or raise ``Impossible`` when it cannot be now, ``UnknownAct`` when never."""
    deed = DEEDS.get((order.actor, order.action))
    if deed is None:
        raise UnknownAct(f"{order.actor} does not {order.action} here", _known())
    if not deed.is_possible(proposal, order):
        raise Impossible(proposal.status, f"{order.actor} {order.action}")
    deed.do(life, proposal, order, at)


def possible(proposal: Proposal) -> list[Mapping[str, object]]:
    """Every act that could be done with a proposal now."""
    acts: list[Mapping[str, object]] = []
    for actor, action in DEEDS:
        for operation in (
            ("portability", "refinancing") if actor == "dataprev" else ("portability",)
        ):
            order = Order(actor, action, proposal.contract_number, operation=operation)
            if DEEDS[actor, action].is_possible(proposal, order):
                acts.append(msgspec.to_builtins(order))
    return acts


def order_of(raw: Mapping[str, object]) -> Order:
    """Read an act; raise ``UnknownAct`` when it is of another shape."""
    try:
        return msgspec.convert(raw, Order)
    except msgspec.ValidationError as wrong:
        raise UnknownAct(str(wrong), _known()) from wrong


def _known() -> list[Mapping[str, object]]:
    return [{"actor": actor, "action": action} for actor, action in DEEDS]


def _on(event: str, data: Callable[..., dict[str, object]] | None = None) -> Deed:
    """A deed that is one event of the table, with the data that comes with it."""

    def act(life: Life, proposal: Proposal, order: Order, at: datetime) -> None:
        found = data(proposal, order, at) if data is not None else None
        life.happen(proposal, event, at=at, data=found)

    return Deed(lambda proposal, _: next_status(proposal.status, event) is not None, act)


def _refusal(_: Proposal, order: Order, __: datetime) -> dict[str, object]:
    reason = order.reason or "portability_in_progress"
    if reason not in origin_bank.REJECTIONS:
        raise UnknownAct(f"reasons are {', '.join(origin_bank.REJECTIONS)}")
    return origin_bank.rejection(reason)


def _retention(_: Proposal, order: Order, __: datetime) -> dict[str, object]:
    reason = order.reason or "issuer_retention"
    if reason not in origin_bank.RETENTIONS:
        raise UnknownAct(f"reasons are {', '.join(origin_bank.RETENTIONS)}")
    return origin_bank.retention(reason)


def _balance(proposal: Proposal, order: Order, __: datetime) -> dict[str, object]:
    amount = order.balance or float(proposal.request.origin_contract.last_due_balance)
    return origin_bank.balance(proposal, round(amount * 100))


def _signing(kind: str) -> Deed:
    return Deed(
        lambda proposal, _: proposal.is_signable,
        lambda life, proposal, _, at: life.progress(proposal, kind, at=at),
    )


def _settle(life: Life, proposal: Proposal, _: Order, at: datetime) -> None:
    """Send the payment, where it is not yet sent, and let it arrive."""
    if next_status(proposal.status, "pay"):
        life.happen(proposal, "pay", at=at, data=origin_bank.receipt(proposal, at=at))
    life.happen(proposal, "deliver", at=at)


def _consent(status: str) -> Deed:
    def is_possible(proposal: Proposal, _: Order) -> bool:
        asked = proposal.authorization
        is_asked = asked is not None and asked.status == "awaiting_confirmation"
        return is_asked and proposal.status not in BAD_ENDS

    return Deed(
        is_possible,
        lambda life, proposal, _, at: life.settle_consent(proposal, status, at=at),
    )


def _registering(*errors: str) -> Deed:
    def is_possible(proposal: Proposal, order: Order) -> bool:
        operation = _operation(proposal, order)
        return operation is not None and may_register(proposal, operation)

    def act(life: Life, proposal: Proposal, order: Order, at: datetime) -> None:
        operation = _operation(proposal, order)
        if operation is not None:
            wanted = (order.errors or errors) if errors else ()
            life.register(proposal, operation, at=at, errors=wanted)

    return Deed(is_possible, act)


def _operation(proposal: Proposal, order: Order) -> Operation | None:
    return proposal.refinancing if order.operation == "refinancing" else proposal.portability


def _refinancing(status: str) -> Deed:
    return Deed(
        lambda proposal, _: may_finish_refinancing(proposal, status),
        lambda life, proposal, _, at: life.finish_refinancing(proposal, status, at=at),
    )


def _reserve(life: Life, proposal: Proposal, order: Order, at: datetime) -> None:
    status = order.status or "pending_confirmation"
    if status not in RESERVATIONS:
        raise UnknownAct(f"statuses of a reservation are {', '.join(RESERVATIONS)}")
    life.reserve(proposal, status, at=at)


def _has_live_refinancing(proposal: Proposal, _: Order) -> bool:
    return proposal.refinancing is not None and proposal.refinancing.status == "signed"


DEEDS: Mapping[tuple[str, str], Deed] = {
    ("client", "open_link"): _signing("signer_link_clicked"),
    ("client", "complete_step"): _signing("signer_step_completed"),
    ("client", "abandon"): _signing("signer_step_abandoned"),
    ("client", "sign"): Deed(
        lambda proposal, _: proposal.is_signable,
        lambda life, proposal, _, at: life.sign(proposal, at=at),
    ),
    ("client", "refuse"): Deed(
        lambda proposal, _: proposal.is_signable,
        lambda life, proposal, _, at: life.decline(proposal, at=at),
    ),
    ("ctc", "accept"): Deed(
        lambda proposal, _: next_status(proposal.status, "ctc_accept") is not None,
        lambda life, proposal, _, at: life.accept_at_ctc(proposal, at=at),
    ),
    ("ctc", "refuse"): _on("ctc_refuse", _refusal),
    ("origin_bank", "send_balance"): _on("send_balance", _balance),
    ("origin_bank", "retain"): _on("retain", _retention),
    ("origin_bank", "lapse"): _on("lapse"),
    ("qitech", "close_day"): _on("close_day"),
    ("qitech", "settle"): Deed(
        lambda proposal, _: proposal.status in ("accepted_by_requester", "settlement_sent"),
        _settle,
    ),
    ("origin_bank", "confirm_settlement"): _on("confirm"),
    ("beneficiary", "confirm"): _consent("confirmed"),
    ("beneficiary", "deny"): _consent("denied"),
    ("dataprev", "register"): _registering(),
    ("dataprev", "refuse"): _registering(*REFUSAL),
    ("qitech", "disburse_refinancing"): _refinancing("disbursed"),
    ("qitech", "cancel_refinancing"): _refinancing("canceled"),
    ("beneficiary", "reservation"): Deed(_has_live_refinancing, _reserve),
}
