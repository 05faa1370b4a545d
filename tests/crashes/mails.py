"""Deaths while e-mails are handed to the mail server: what may have arrived is left to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar, Final
from uuid import UUID

from tests.crashes.dying import ActCrashes, Doomed
from tests.crashes.gates import Gate
from tests.crashes.grid import Act, ActCell, Caught, End, Fault, Point
from tests.hastening import hasten
from tests.world import until
from tramita.kit.identifiers import new_id
from tramita.kit.mail.channel import CHANNEL
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.orders.mails.kinds import ORDER_VALIDATED

MAILBOX: Final = "mailbox"
_LEFT: Final = (End.LEFT, End.LEFT_UNSENT)
# Before anybody else has taken one up.
_LOSE: Final = """
    UPDATE mail_deliveries
    SET lease_until = now() - interval '1 second', wake_at = now() - interval '1 second'
    WHERE state = 'sending'
"""
_STATE: Final = """
    SELECT d.id, d.state FROM mails AS m JOIN mail_deliveries AS d ON d.mail_id = m.id
    WHERE m.subject_id = $1
"""


@dataclass(frozen=True)
class Written:
    """An e-mail, by what it is about, and whom it goes to."""

    about: UUID
    to: str


@dataclass
class Mails(ActCrashes):
    """E-mails written by somebody who lives, and sent by those who die."""

    places = {
        "taking a mail": ("BEFORE INSERT ON mail_attempts", ""),
        "handing over": (
            "BEFORE UPDATE ON mail_attempts",
            "WHEN (OLD.handed_at IS NULL AND NEW.handed_at IS NOT NULL)",
        ),
        "mail server said": (
            "BEFORE UPDATE ON mail_attempts",
            "WHEN (NEW.milliseconds IS NOT NULL)",
        ),
        "delivering": ("AFTER UPDATE ON mail_deliveries", "WHEN (NEW.state = 'delivered')"),
    }
    commits = {
        "taken": ("AFTER INSERT ON mail_attempts", ""),
        "handed over": (
            "AFTER UPDATE ON mail_attempts",
            "WHEN (OLD.handed_at IS NULL AND NEW.handed_at IS NOT NULL)",
        ),
        "delivered": ("AFTER UPDATE ON mail_deliveries", "WHEN (NEW.state = 'delivered')"),
    }
    environment: ClassVar[Mapping[str, str]] = {"TRAMITA_MAIL_DEADLINE": "120"}
    numbers: "count[int]" = field(default_factory=count)

    async def nobody_yet(self) -> Written:
        """Somebody who is written to for the first time."""
        return Written(new_id(), f"reader-{next(self.numbers)}@campus.example")

    async def write(self, mail: Written) -> None:
        """Write to them that their order is confirmed."""
        facts = ORDER_VALIDATED.examples["usual"]
        async with self.world.database.unit_of_work(actor="test") as work:
            new = NewMail(ORDER_VALIDATED, str(mail.about), mail.about, mail.to, "fr", facts)
            await write_mails(work, [new])

    async def names(self, mail: Written) -> set[str]:
        """The mail server knows addresses."""
        return {mail.to}

    async def has_ended(self, mail: Written) -> bool:
        """Whether nothing is done about it any more."""
        [row] = await self.fetch(_STATE, mail.about)
        return row["state"] not in ("waiting", "sending")

    def match(self, one: Doomed[ActCell, Any]) -> dict[str, str]:
        """Of all e-mails this one is held."""
        return {"address": one.subject.to}

    async def begin_anew(self) -> None:
        """What was being sent counts as lost before somebody else begins."""
        await self.fetch(_LOSE)
        await super().begin_anew()

    async def go_on(self) -> None:
        """Whoever looks after what was lost looks now."""
        await self.fetch(
            "UPDATE pgqueuer_schedules SET next_run = now() "
            "WHERE entrypoint = 'mails.sweep_lost' AND status = 'queued'"
        )
        async with self.world.database.unit_of_work(actor="test") as work:
            await hasten(work, jobs=[CHANNEL.job])

    async def check(self, doomed: Sequence[Doomed[ActCell, Any]]) -> None:
        """Each has its end; whoever has a doubtful one sent again sends the very same e-mail."""
        await super().check(doomed)
        for one in doomed:
            [row] = await self.fetch(_STATE, one.subject.about)
            is_left = one.cell.end in _LEFT
            assert ("unknown" if is_left else "delivered") == row["state"], str(one)
            if is_left:
                await self._send_again(row["id"])
        for one in doomed:
            if one.cell.end in _LEFT:
                await self._check_is_the_same(one)

    async def _send_again(self, mail: UUID) -> None:
        path = f"/api/v1/mails/{mail}/send-again"
        async with self.world.api.post(path, headers={"Idempotency-Key": str(mail)}) as answer:
            assert 202 == answer.status, await answer.text()

    async def _check_is_the_same(self, one: Doomed[ActCell, Any]) -> None:
        async def has_arrived() -> bool:
            await self.go_on()
            [row] = await self.fetch(_STATE, one.subject.about)
            return bool(row["state"] == "delivered")

        await until(has_arrived)
        taken = [
            row["request_id"]
            for row in await self.vendor(MAILBOX).effects()
            if row["subject"] == one.subject.to
        ]
        assert (one.cell.end.requests + 1, 1) == (len(taken), len(set(taken))), (str(one), taken)


_TAKE: Final[Mapping[Point, tuple[Caught, End]]] = {
    Point.BEFORE_T1: (Gate("taking a mail"), End.CARRIED_OUT),
    Point.AFTER_T1: (Gate("taken"), End.CARRIED_OUT),
}
_SEND: Final[Mapping[Point, tuple[Caught, End]]] = {
    Point.BEFORE_T1: (Gate("handing over"), End.CARRIED_OUT),
    Point.AFTER_T1: (Gate("handed over"), End.LEFT_UNSENT),
    Point.SENT: (Fault(MAILBOX, "effect_delayed", "data"), End.LEFT),
    Point.EFFECT: (Fault(MAILBOX, "answer_held", "data"), End.LEFT),
    Point.RESPONSE: (Gate("mail server said"), End.LEFT),
    Point.INSIDE_T2: (Gate("delivering"), End.LEFT),
    Point.AFTER_T2: (Gate("delivered"), End.RECORDED),
}

# Whoever is caught within a transaction keeps all others from theirs: those come last.
ACTS: Final[list[Act[Mails, Written]]] = [
    Act(
        title="send an e-mail",
        kind="",
        vendor=MAILBOX,
        call="data",
        effect="mail_taken",
        cells=_SEND,
        prepare=Mails.nobody_yet,
        begin=Mails.write,
        names=Mails.names,
        is_done=Mails.has_ended,
        counts_again=True,
        is_alone=True,
        in_suite=frozenset({Point.SENT, Point.EFFECT}),
    ),
    Act(
        title="take an e-mail up to be sent",
        kind="",
        vendor=MAILBOX,
        call="data",
        effect="mail_taken",
        cells=_TAKE,
        prepare=Mails.nobody_yet,
        begin=Mails.write,
        names=Mails.names,
        is_done=Mails.has_ended,
        counts_again=True,
        is_alone=True,
        in_suite=frozenset({Point.AFTER_T1}),
    ),
]
