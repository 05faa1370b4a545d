"""The mail server: what it has been given, and how it behaves today."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any, ClassVar, Final

from tramita.simulation.conditions import VendorConditions
from tramita.simulation.front.orders import Order, Shown, carry_out
from tramita.simulation.kinds import Conduct, Step
from tramita.simulation.mailbox.page import page_routes
from tramita.simulation.mailbox.smtp import MailServer
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator, forgetting_button, operator_button
from tramita.simulation.world import World

_MESSAGE_ID: Final = re.compile(rb"^message-id:\s*([!-~]+)", re.IGNORECASE | re.MULTILINE)
OPERATIONS: Final = ("connect", "mail", "rcpt", "data")


class Conditions(VendorConditions):
    """``is_away``: nobody answers, for as long as that is so."""

    is_away: bool = False


@dataclass(frozen=True)
class Mail:
    """One e-mail as it was given."""

    id: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)

    @cached_property
    def message(self) -> EmailMessage:
        """What it says."""
        read = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read

    def header(self, name: str) -> str:
        """One header, empty where there is none."""
        return str(self.message.get(name, ""))

    def body(self, form: str) -> str:
        """Its ``html`` or ``plain`` form."""
        part = self.message.get_body((form,))
        return str(part.get_content()) if part is not None else ""

    def shown(self) -> dict[str, object]:
        """As a program reads it."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "sender": self.sender,
            "to": list(self.recipients),
            "subject": self.header("Subject"),
            "message_id": self.header("Message-ID"),
            "language": self.header("Content-Language"),
            "text": self.body("plain"),
        }


class Mailbox:
    """Every e-mail that was given here."""

    key: ClassVar = "mailbox"
    title: ClassVar = "Mailbox"
    kinds: ClassVar[Mapping[str, Conduct]] = {
        "smtp_421": Conduct(Step.REFUSE, status=421),
        "smtp_450": Conduct(Step.REFUSE, status=450),
        "smtp_452": Conduct(Step.REFUSE, status=452),
        "smtp_550": Conduct(Step.REFUSE, status=550),
        "smtp_554": Conduct(Step.REFUSE, status=554),
    }

    def __init__(self, settings: SimulatorSettings) -> None:
        self.world = World(seed=settings.seed, vendor_kinds=self.kinds)
        self.conditions = Conditions()
        self.mails: list[Mail] = []
        self.server = MailServer(self.world, self.keep, lambda: self.conditions.is_away)

    def simulator(self) -> Simulator:
        """The mail server as the simulators' server takes it."""
        return Simulator(
            key=self.key,
            title=self.title,
            world=self.world,
            handlers=page_routes(self.mails, self.server),
            operations=OPERATIONS,
            reset=self.forget,
            act=self.act,
            conditions=lambda: {"mails": len(self.mails), **self.conditions.shown()},
            buttons=(
                operator_button("Is away", "set", is_away=True),
                operator_button("Is back", "set", is_away=False),
                forgetting_button("Empty the mailbox"),
            ),
            beside=self.server.running,
        )

    def keep(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> None:
        """Take an e-mail."""
        mail = Mail(len(self.mails) + 1, self.world.clock.now(), sender, recipients, raw)
        self.mails.append(mail)
        # Read whole it is only when somebody looks.
        named = _MESSAGE_ID.search(raw)
        self.world.record(
            "mail_taken",
            subject=recipients[0],
            request_id=named[1].decode() if named else "",
            data={"to": list(recipients)},
        )

    def act(self, order: Mapping[str, object]) -> Shown:
        """Have somebody act; raise ``UnknownAct`` otherwise."""
        orders: dict[str, Order[Any]] = {
            "set": Order(dict[str, object], self.conditions.set),
            "restart": Order(dict[str, object], lambda _: self.forget()),
        }
        return carry_out(order, orders) or self.conditions.shown()

    def forget(self) -> None:
        """Throw everything away, and be as usual."""
        self.mails.clear()
        self.conditions.forget()
