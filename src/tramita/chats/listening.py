"""Whoever chats are about: what a contract backend implements to be told of them.

Told inside the unit of work that writes down what happened, before any row of chats is locked: so
contracts and what belongs to them may be locked here. Nothing outside may be asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from tramita.chats.ports import Command, Person
from tramita.contracts.backends import find_answer
from tramita.kit.database.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ChatSeen:
    """A chat as its listener knows it; without a tenant nobody has activated it."""

    id: UUID
    telegram_id: int
    tenant: str | None
    title: str


class KeepsChats(Protocol):
    """What a contract backend implements (``ContractBackend.answers``) whose chats these are."""

    async def bot_added(self, work: UnitOfWork, chat: ChatSeen, by: Person) -> str | None:
        """Somebody has added our bot to a chat that is nobody's, or called it there.

        Answers the tenant whose chat it is from now on, or ``None``: this person may not do that.
        """
        ...

    async def bot_removed(self, work: UnitOfWork, chat: ChatSeen) -> None:
        """Our bot is not in the chat any more; told by a job of its own, if that is still so."""
        ...

    async def member_left(self, work: UnitOfWork, chat: ChatSeen, person: int) -> None:
        """Somebody does not belong to the chat any more."""
        ...

    async def command_given(
        self, work: UnitOfWork, chat: ChatSeen, person: Person, command: Command
    ) -> None:
        """Somebody has called our bot by a command, for the first time under this message."""
        ...

    async def hold_chats(self, work: UnitOfWork, ids: Collection[UUID]) -> None:
        """Have what is of these stay as it is, and nothing come to it: they may turn out to be one."""
        ...

    async def join_chats(self, work: UnitOfWork, kept: UUID, gone: UUID) -> bool:
        """Two chats, held before, were one all the time: what is of ``gone`` is of ``kept`` from now on.

        Here both are locked. False: for now they cannot be one, and nothing has changed.
        """
        ...


class NobodyListens:
    """Chats are about nothing: nobody activates one."""

    async def bot_added(self, _: UnitOfWork, __: ChatSeen, ___: Person) -> str | None:
        """Nobody's."""
        return None

    async def bot_removed(self, _: UnitOfWork, __: ChatSeen) -> None:
        """Nothing follows."""

    async def member_left(self, _: UnitOfWork, __: ChatSeen, ___: int) -> None:
        """Nothing follows."""

    async def command_given(self, _: UnitOfWork, __: ChatSeen, ___: Person, ____: Command) -> None:
        """Nothing follows."""

    async def hold_chats(self, _: UnitOfWork, __: Collection[UUID]) -> None:
        """Nothing is theirs."""

    async def join_chats(self, _: UnitOfWork, __: UUID, ___: UUID) -> bool:
        """Nothing follows."""
        return True


def get_listener(backend: str) -> KeepsChats:
    """Who is told of chats."""
    return find_answer(backend, KeepsChats) or NobodyListens()
