"""A random life of a bank: what happens to applications, and talk in the groups that they come from.

Beside 1C, Telegram fails in whatever way, and tells of things twice, late or in another order.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from tests.journeys.bank import AGENT, CLIENT, LEAD, Bank, Group
from tests.transfers.desk import Desk
from tests.transfers.life import ACTS, Life
from tramita.chats.queries import list_messages
from tramita.transfers.lifecycle import APPLICATION

TALKING: Final = {"write": 14, "rewrite": 5, "file": 4, "upgrade": 1, "silence": 5}
_GROUPS: Final = 6
_FAULTS: Final = (
    *("429", "http_500", "bad_gateway", "restart", "html_error", "half_body"),
    *("reset_before_effect", "reset_after_effect"),
)
_CALLS: Final = ("sendMessage", "editMessageText", "sendDocument", "getFile", "download")
_ASTRAY: Final = ("webhook_duplicate", "webhook_reordered", "webhook_delayed")


class Said(NamedTuple):
    """A message of somebody's, by the number that the group had then."""

    number: int
    message_id: int
    who: str


@dataclass(kw_only=True)
class BankLife(Life):
    """``said`` is what people wrote into each group."""

    bank: Bank
    groups: list[Group] = field(default_factory=list)
    said: dict[UUID, dict[Said, str]] = field(default_factory=lambda: defaultdict(dict))
    acts: Mapping[str, int] = field(default_factory=lambda: ACTS | TALKING)

    async def _place(self) -> UUID | None:
        """A group for a new application, mostly one that has none under way."""
        rows = await self.bank.world.fetch(
            "SELECT chat_id FROM applications WHERE chat_id IS NOT NULL AND state <> ALL($1)",
            sorted(APPLICATION.final),
        )
        busy = {row["chat_id"] for row in rows}
        free = [one for one in self.groups if one.id not in busy]
        return self.dice.choice(free or self.groups).id

    async def draft(self) -> None:
        """Somebody begins an application."""
        await self._draft()

    async def _write(self) -> None:
        who, text = self.dice.choice((CLIENT, AGENT, LEAD)), f"слово {self.dice.random()}"
        await self._utter(who, "write", text, text=text)

    async def _file(self) -> None:
        caption = f"файл {self.dice.random()}"
        await self._utter(CLIENT, "send_file", caption, caption=caption)

    async def _utter(self, who: str, action: str, said: str, **how: str) -> None:
        group = self.dice.choice(self.groups)
        told = await self.bank.telegram.person(who, action, chat=group.number, **how)
        self.said[group.id][Said(group.number, told["message_id"], who)] = said

    async def _rewrite(self) -> None:
        """Somebody corrects what they have said, since the group has this number."""
        group = self.dice.choice(self.groups)
        theirs = [one for one in self.said[group.id] if one.number == group.number]
        if theirs:
            one, text = self.dice.choice(theirs), f"исправлено {self.dice.random()}"
            edit = {"chat": one.number, "message_id": one.message_id, "text": text}
            await self.bank.telegram.person(one.who, "edit", **edit)
            self.said[group.id][one] = text

    async def _upgrade(self) -> None:
        """A group becomes a supergroup, with another number."""
        group = self.dice.choice(self.groups)
        if group.number < -1_000_000_000_000:
            return  # It is one.
        order = self.dice.choice(("old,new", "new,old"))
        told = await self.bank.telegram.person(
            AGENT, "upgrade_group", chat=group.number, order=order
        )
        self.groups[self.groups.index(group)] = replace(group, number=told["chat"])

    async def _silence(self) -> None:
        """Telegram fails in other ways from now on."""
        await self.bank.telegram.mend()
        for operation in _CALLS:
            await self.bank.telegram.fail(
                self.dice.choice(_FAULTS),
                operation=operation,
                probability=0.25,
                count=6,
                arguments={"retry_after": 1.0},
            )
        for kind in _ASTRAY:
            await self.bank.telegram.fail_webhook(
                kind, probability=0.2, count=4, arguments={"seconds": 0.5}
            )

    async def come_to_rest(self) -> None:
        """The same, at Telegram too."""
        await self.bank.telegram.mend()
        await super().come_to_rest()
        await self.bank.until_quiet()

    async def reached(self) -> set[str]:
        """Where applications have come."""
        rows = await self.bank.world.fetch(
            "SELECT DISTINCT to_state FROM history WHERE subject = 'applications'"
        )
        return {row["to_state"] for row in rows}

    async def has_begun_again(self) -> bool:
        """Whether a group whose application was over has begun another."""
        rows = await self.bank.world.fetch(
            "SELECT FROM applications WHERE chat_id IS NOT NULL GROUP BY chat_id "
            "HAVING count(*) > 1 LIMIT 1"
        )
        return bool(rows)

    async def broken(self) -> list[str]:
        """And whatever was said and is not kept, or otherwise."""
        return [*await super().broken(), *await self.bank.broken(), *await self._unheard()]

    async def _unheard(self) -> list[str]:
        wrong = []
        for group in self.groups:
            kept: Counter[str] = Counter()
            async with self.bank.world.database.unit_of_work(actor="test") as work:
                for one in await list_messages(work, group.id, before=None, limit=2000):
                    kept[one.text] += not one.is_ours
            said = Counter(self.said[group.id].values())
            if said - kept or any(kept[text] > 1 for text in said):
                wrong.append(f"in {group}: {said - kept} is missing, {kept - said} is there")
        return wrong


async def let_live(bank: Bank, seed: int, *, steps: int) -> BankLife:
    """A whole life, which has come to rest."""
    life = BankLife(Desk(bank.world, bank.house, bank.onec), Random(seed), bank=bank)
    life.groups = [await bank.group(f"Платёж {number}") for number in range(_GROUPS)]
    for _ in life.groups:
        await life.draft()
    await life.live(steps)
    await life.come_to_rest()
    return life
