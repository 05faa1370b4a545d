"""SMT on loopback. Its whole API is assumed: the seed names SMT and nothing more.

A subscriber is created, its service activated (accepted at once, done a moment later
and told by a signed callback) and removed. A reference or an idempotency key that was
seen before answers what it answered then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal
from uuid import uuid4

import msgspec
from litestar import HttpMethod

from tramita.simulation.calls import Answer
from tramita.simulation.conditions import VendorConditions
from tramita.simulation.dispatch import Notice
from tramita.simulation.front import bending
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused, Task
from tramita.simulation.front.callbacks import HMACSign, call_back_to
from tramita.simulation.front.orders import Shown
from tramita.simulation.front.vendor import REPEATED, Vendor
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator, operator_button

NOT_UNDERSTOOD = Error(400, "bad_request", "The request is not understood.")
UNAUTHORIZED = Error(401, "unauthorized", "The token is not known.")
NOT_FOUND = Error(404, "not_found", "There is no such subscriber.")
NOT_HERE = Error(422, "bad_callback_url", "SMT calls back to this machine only.")


class Conditions(VendorConditions):
    """How SMT is today."""

    activations: Literal["succeed", "fail"] = "succeed"
    callbacks: Literal["once", "twice", "lost", "forged"] = "once"


class NewSubscriber(msgspec.Struct):
    """The body of ``POST /subscribers``."""

    reference: str
    name: str = ""


class Activation(msgspec.Struct):
    """The body of ``POST /subscribers/{id}/activation``."""

    callback_url: str | None = None


@dataclass
class Subscriber:
    """One line of SMT's book."""

    subscriber_id: str
    reference: str
    name: str
    status: str = "created"
    reason: str | None = None

    def shown(self) -> dict[str, object]:
        """The subscriber as SMT tells of it."""
        return {
            "subscriber_id": self.subscriber_id,
            "reference": self.reference,
            "status": self.status,
            "reason": self.reason,
        }


class SMT(Vendor):
    """The vendor and its book."""

    key = "smt"
    title = "SMT"
    table = (
        (HttpMethod.POST, "/subscribers", "create_subscriber"),
        (HttpMethod.GET, "/subscribers", "find_subscriber"),
        (HttpMethod.POST, "/subscribers/{key:str}/activation", "activate_service"),
        (HttpMethod.DELETE, "/subscribers/{key:str}", "remove_subscriber"),
    )
    kinds: ClassVar = {**bending.KINDS, **REPEATED}
    errors = ErrorTable(NOT_UNDERSTOOD, UNAUTHORIZED, NOT_FOUND)
    request_id = "idempotency-key"
    # What both sides of the demonstration sign with, unless the settings name another.
    demo_token = "smt-demonstration"
    buttons = (
        *(
            operator_button(f"activations: {how}", "set", activations=how)
            for how in ("succeed", "fail")
        ),
        *(
            operator_button(f"callbacks: {how}", "set", callbacks=how)
            for how in ("once", "twice", "lost", "forged")
        ),
    )
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        self.book: dict[str, Subscriber] = {}
        self.world.post_office.subscribe_by_default(settings.webhook_url(self.key))
        self.world.post_office.sign = self._sign

    def prepare(self, asking: Asking) -> Task:
        """The subscriber of a reference, or that of the path."""
        match asking.operation:
            case "create_subscriber":
                new = asking.read(NewSubscriber, NOT_UNDERSTOOD)
                fields = {"reference": new.reference}
                return Task(fields, lambda _: self._create(new, asking), is_once=True)
            case "find_subscriber":
                reference = asking.parameters.get("reference", "")
                return Task({"reference": reference}, lambda _: self._find(reference))
        subscriber = self.book.get(asking.key)
        fields = {"reference": subscriber.reference if subscriber else ""}
        if asking.operation == "remove_subscriber":
            return Task(fields, lambda _: self._remove(asking), is_once=True)
        wanted = asking.read(Activation, NOT_UNDERSTOOD)
        return Task(fields, lambda _: self._activate(wanted, asking), is_once=True)

    def shown(self) -> Shown:
        """The conditions, and how many subscribers there are."""
        return {"subscribers": len(self.book), **self.conditions.shown()}

    def forget(self) -> None:
        """Forget everybody."""
        self.book.clear()

    def _create(self, new: NewSubscriber, asking: Asking) -> Answer:
        known = self._by_reference(new.reference)
        if known is not None:
            return Answer(200, known.shown())
        subscriber = Subscriber(f"SUB-{len(self.book) + 1:06}", new.reference, new.name)
        self.book[subscriber.subscriber_id] = subscriber
        self._record("subscriber_created", subscriber, asking)
        return Answer(201, subscriber.shown())

    def _find(self, reference: str) -> Answer:
        known = self._by_reference(reference)
        if known is None:
            raise Refused(NOT_FOUND)
        return Answer(200, known.shown())

    def _activate(self, wanted: Activation, asking: Asking) -> Answer:
        subscriber = self._present(asking.key)
        if wanted.callback_url is not None:
            call_back_to(self.world.post_office, wanted.callback_url, NOT_HERE)
        if subscriber.status == "created":
            subscriber.status = "activating"
            self._record("activation_accepted", subscriber, asking)
            slot = subscriber.subscriber_id, "activation"
            self.agenda.plan(
                slot, self.world.clock.now(), lambda _: self._finish(subscriber, asking)
            )
        return Answer(202, subscriber.shown())

    def _remove(self, asking: Asking) -> Answer:
        subscriber = self._present(asking.key)
        subscriber.status = "removed"
        self._record("subscriber_removed", subscriber, asking)
        return Answer(204, b"")

    def _finish(self, subscriber: Subscriber, asking: Asking) -> None:
        """Turn the service on, or fail to, and tell whoever asked."""
        if subscriber.status == "activating":
            is_well = self.conditions.activations == "succeed"
            subscriber.status = "active" if is_well else "failed"
            subscriber.reason = None if is_well else "There is no free line in this area."
            self._record(f"service_{subscriber.status}", subscriber, asking)
        if self.conditions.callbacks == "lost":
            return
        body = self._told(subscriber.shown())
        for _ in range(2 if self.conditions.callbacks == "twice" else 1):
            self.world.post_office.post(
                Notice(
                    type="subscriber",
                    subject=subscriber.reference,
                    fields={"reference": subscriber.reference, "status": subscriber.status},
                    body=body,
                    tell_unknown=lambda: self._told(
                        {**subscriber.shown(), "reference": str(uuid4())}
                    ),
                )
            )

    def _told(self, shown: Mapping[str, object]) -> bytes:
        return msgspec.json.encode({"event_id": uuid4().hex, **shown})

    def _sign(
        self, path: str, body: bytes, *, age: timedelta, is_forged: bool
    ) -> Mapping[str, str]:
        is_forged = is_forged or self.conditions.callbacks == "forged"
        return HMACSign("x-smt-signature", self.token)(path, body, age=age, is_forged=is_forged)

    def _present(self, key: str) -> Subscriber:
        subscriber = self.book.get(key)
        if subscriber is None or subscriber.status == "removed":
            raise Refused(NOT_FOUND)
        return subscriber

    def _by_reference(self, reference: str) -> Subscriber | None:
        return next((known for known in self.book.values() if known.reference == reference), None)

    def _record(self, effect: str, subscriber: Subscriber, asking: Asking) -> None:
        self.world.record(
            effect,
            subject=subscriber.reference,
            request_id=asking.request_id,
            data={"subscriber_id": subscriber.subscriber_id},
        )


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """SMT on loopback."""
    return SMT(settings).simulator()
