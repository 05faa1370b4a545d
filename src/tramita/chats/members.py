"""Who is in a chat, and how they belong to it: what updates tell, and else what the messenger is asked.

The latest news counts, in whatever order they come: by its time, and within the same second by
the number of its update. What is known is believed for a minute; then the messenger is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never
from uuid import UUID

from tramita.chats.errors import MembershipUnknown, MessengerUnavailable
from tramita.chats.moving import move_chat
from tramita.chats.ports import (
    PRESENT,
    ChatService,
    Gone,
    Member,
    Membership,
    Moved,
    Person,
)
from tramita.chats.registry import KnownChat, get_chat, tell_changed
from tramita.chats.settings import ChatSettings
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime

NAME: Final = "chat_people.name"
USERNAME: Final = "chat_people.username"
_LONGEST_NAME: Final = 200
_EVER: Final = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody was seen in a chat; ``membership`` where the news is about that."""

    chat_id: UUID
    person: Person
    at: datetime
    update: int
    membership: Membership | None = None


def name_of(person: Person) -> str:
    """How people read a name."""
    return f"{person.first_name} {person.last_name}".strip()[:_LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of somebody; ``version`` is that of the news about their membership."""

    name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False
    membership: Membership | None = None
    version: tuple[datetime, int] | None = None

    def after(self, one: Seen) -> "_Known":
        """What is known then."""
        person, version = one.person, (one.at, one.update)
        looks = replace(
            self,
            name=name_of(person),
            username=person.username,
            language=person.language,
            is_bot=person.is_bot,
        )
        if one.membership is None or (self.version is not None and version <= self.version):
            return looks
        return replace(looks, membership=one.membership, version=version)


async def note_people(work: UnitOfWork, seen: Sequence[Seen]) -> list[Seen]:
    """Keep who was seen, and how they belong to their chats; answers those whose belonging is news."""
    known = await _find(work, seen)
    if not _fold(known, seen)[0]:
        return []
    await work.fetch(
        """
        INSERT INTO chat_people (id, chat_id, telegram_id)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS n(id, chat_id, telegram_id)
        ORDER BY chat_id, telegram_id ON CONFLICT (chat_id, telegram_id) DO NOTHING
        """,
        [new_id() for _ in seen],
        [one.chat_id for one in seen],
        [one.person.id for one in seen],
    )
    changed, told = _fold(await _find(work, seen, lock="FOR NO KEY UPDATE OF p"), seen)
    await _write(work, changed)
    tell_changed(work, [chat_id for chat_id, _ in changed])
    return told


def _fold(
    known: Mapping[tuple[UUID, int], _Known], seen: Sequence[Seen]
) -> tuple[dict[tuple[UUID, int], _Known], list[Seen]]:
    """What is different then, and by which news somebody belongs otherwise to a chat."""
    now, told = dict(known), dict[tuple[UUID, int], Seen]()
    for one in sorted(seen, key=lambda news: (news.at, news.update)):
        key = (one.chat_id, one.person.id)
        before = now.get(key, _Known())
        now[key] = before.after(one)
        if now[key].version != before.version:
            told[key] = one
    nobody = _Known()
    return {key: one for key, one in now.items() if one != known.get(key, nobody)}, list(
        told.values()
    )


async def _find(
    work: UnitOfWork, seen: Sequence[Seen], *, lock: str = ""
) -> dict[tuple[UUID, int], _Known]:
    rows = await work.fetch(
        f"""
        SELECT p.chat_id, p.telegram_id, p.name, p.username, p.language, p.is_bot, p.membership,
               p.changed_at, p.changed_update
        FROM chat_people AS p
        WHERE (p.chat_id, p.telegram_id) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[]))
        ORDER BY p.chat_id, p.telegram_id {lock}
        """,  # noqa: S608 - ours
        [one.chat_id for one in seen],
        [one.person.id for one in seen],
    )
    decrypt = work.keys.decrypt
    return {
        (row["chat_id"], row["telegram_id"]): _Known(
            decrypt(row["name"], NAME),
            decrypt(row["username"], USERNAME),
            row["language"],
            row["is_bot"],
            Membership(row["membership"]) if row["membership"] else None,
            (row["changed_at"], row["changed_update"]) if row["changed_at"] else None,
        )
        for row in rows
    }


async def _write(work: UnitOfWork, people: Mapping[tuple[UUID, int], _Known]) -> None:
    versions = [one.version or (None, 0) for one in people.values()]
    await work.fetch(
        """
        UPDATE chat_people AS p SET name = n.name, username = n.username, language = n.language,
            is_bot = n.is_bot, membership = n.membership, changed_at = n.at, changed_update = n.number
        FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[],
                    $7::text[], $8::timestamptz[], $9::bigint[])
            AS n(chat_id, person, name, username, language, is_bot, membership, at, number)
        WHERE p.chat_id = n.chat_id AND p.telegram_id = n.person
        """,
        [chat_id for chat_id, _ in people],
        [person for _, person in people],
        [work.keys.encrypt(one.name, NAME) for one in people.values()],
        [work.keys.encrypt(one.username, USERNAME) for one in people.values()],
        [one.language for one in people.values()],
        [one.is_bot for one in people.values()],
        [one.membership and one.membership.value for one in people.values()],
        [at for at, _ in versions],
        [number for _, number in versions],
    )


async def find_membership(
    work: UnitOfWork, chat_id: UUID, person: int, *, no_older: timedelta
) -> Membership | None:
    """How somebody belongs to a chat, where an update or an answer said so lately."""
    rows = await work.fetch(
        "SELECT membership FROM chat_people WHERE chat_id = $1 AND telegram_id = $2 "
        "AND greatest(changed_at, known_at) >= tramita_now() - $3::interval",
        chat_id,
        person,
        no_older,
    )
    return Membership(rows[0]["membership"]) if rows and rows[0]["membership"] else None


async def find_member(work: UnitOfWork, chat_id: UUID, person: int) -> Member | None:
    """Somebody in a chat, as they were last seen there; the name is the first name alone."""
    rows = await work.fetch(
        "SELECT name, language, membership FROM chat_people "
        "WHERE chat_id = $1 AND telegram_id = $2 AND membership IS NOT NULL",
        chat_id,
        person,
    )
    return next(
        (
            Member(
                Person(person, work.keys.decrypt(row["name"], NAME), language=row["language"]),
                Membership(row["membership"]),
            )
            for row in rows
        ),
        None,
    )


async def find_there(work: UnitOfWork, chat_id: UUID, person: int) -> Person | None:
    """Somebody who was seen in a chat, and of whom nobody has heard that they are not there any more."""
    rows = await work.fetch(
        "SELECT name, username, membership FROM chat_people "
        "WHERE chat_id = $1 AND telegram_id = $2 AND (name <> '' OR membership IS NOT NULL)",
        chat_id,
        person,
    )
    for row in rows:
        if row["membership"] is None or Membership(row["membership"]) in PRESENT:
            name, username = row["name"], row["username"]
            return Person(
                person, work.keys.decrypt(name, NAME), "", work.keys.decrypt(username, USERNAME)
            )
    return None


async def membership(runtime: Runtime, chat_id: UUID, person: int) -> Membership | None:
    """How somebody belongs to a chat now; the messenger is asked where that is not fresh.

    Somebody whom it does not show is believed to be what was last heard; ``None``: nothing ever
    was. Raises ``MessengerUnavailable`` and ``MembershipUnknown``.
    """
    fresh = timedelta(seconds=runtime.configured(ChatSettings).membership_seconds)
    async with runtime.database.unit_of_work() as work:
        chat = await get_chat(work, chat_id)
        known = await find_membership(work, chat_id, person, no_older=fresh)
        asked_at = await work.now()
    if known is not None:
        return known
    outcome = await _ask(runtime, chat, person)
    match outcome:
        case Done(value):
            found = _found(value)
        case Refused():
            # Also what was heard while it was asked.
            async with runtime.database.unit_of_work() as work:
                return await find_membership(work, chat_id, person, no_older=_EVER)
        case NotSent():
            raise MessengerUnavailable
        case Unknown() | Pending():
            raise MembershipUnknown
        case _:
            assert_never(outcome)
    async with runtime.database.unit_of_work(actor=chat.provider) as work:
        return await _note_answer(work, chat_id, person, found, asked_at)


async def _note_answer(
    work: UnitOfWork, chat_id: UUID, person: int, found: Membership, asked_at: datetime
) -> Membership:
    """Keep what the messenger answered; answers what is known then.

    News of what came after the question counts, and within the same second too: updates tell of no less.
    """
    rows = await work.fetch(
        """
        INSERT INTO chat_people AS p (id, chat_id, telegram_id, membership, known_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (chat_id, telegram_id) DO UPDATE SET
            membership = CASE WHEN p.membership IS NULL OR coalesce(
                greatest(p.changed_at + interval '1 second', p.known_at) <= excluded.known_at, true
            ) THEN excluded.membership ELSE p.membership END,
            known_at = greatest(p.known_at, excluded.known_at)
        RETURNING membership
        """,
        new_id(),
        chat_id,
        person,
        found.value,
        asked_at,
    )
    return Membership(rows[0]["membership"])


def _found(value: Membership | Moved | Gone) -> Membership:
    match value:
        case Membership():
            return value
        case Gone():
            return Membership.LEFT
        case Moved():
            raise MembershipUnknown
        case _:
            assert_never(value)


async def _ask(
    runtime: Runtime, chat: KnownChat, person: int
) -> Outcome[Membership | Moved | Gone]:
    """Ask under the chat's number, and once more under the one that it has got meanwhile."""
    gateway = runtime.gateway(ChatService, chat.provider)
    attempt = Attempt(chat.id, f"member:{chat.id}:{person}")
    outcome = await gateway.get_member(chat.telegram_id, person, attempt)
    if not isinstance(outcome, Done) or not isinstance(outcome.value, Moved):
        return outcome
    async with runtime.database.unit_of_work(actor=chat.provider) as work:
        await move_chat(work, chat.telegram_id, outcome.value.to)
    return await gateway.get_member(outcome.value.to, person, attempt)
