"""Files of chats: what people attach there is fetched once, what they hand in is kept at once.

What a file is is seen from its first bytes, whatever somebody calls it; the same content in the
same chat is known again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from tramita.chats.acts import FETCH
from tramita.chats.errors import AssetNotFound, ChatNotFound
from tramita.chats.lifecycle import ASSET, AssetState, AssetTrigger
from tramita.chats.ports import LARGEST_DOWNLOAD, Asset
from tramita.chats.registry import get_chat, tell_changed
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.files import StoredFile, digest_of
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger
from tramita.kit.outside import storable_text
from tramita.kit.runtime import Runtime
from tramita.kit.transitions import Stateful

ASSETS: Final = Stateful(ASSET, "chat_assets")
NAME: Final = "chat_assets.name"
SHA256: Final = "chat_assets.sha256"
CONTENT: Final = "chat_asset"
TOO_LARGE: Final = f"It is larger than the {LARGEST_DOWNLOAD // 2**20} MB that a bot can get."
NAMELESS: Final = "The messenger gave no name by which it can be had."
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that belongs to a message."""

    chat_id: UUID
    chat_message_id: UUID
    asset: Asset


@dataclass(frozen=True, slots=True)
class KeptAsset:
    """A file of a chat; ``duplicate_of`` is an earlier one of the same content."""

    id: UUID
    sha256: str
    size: int
    media_type: str
    kind: str
    origin: str
    duplicate_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that somebody hands in for a chat; ``said_type`` is what they call it."""

    name: str
    content: bytes = field(repr=False)
    said_type: str = ""
    kind: str = "document"


def tidy_name(name: str) -> str:
    """A file's name as people may see it: without folders, and without what turns text around."""
    last = storable_text(name).replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in last if one.isprintable()).strip(". ")[:_LONGEST_NAME]


async def attach(work: UnitOfWork, provider: str, attached: Sequence[Attached]) -> None:
    """Keep what messages have attached, and have it fetched where that can be. Idempotent."""
    if not attached:
        return
    rows = await work.fetch(
        """
        INSERT INTO chat_assets (id, chat_id, chat_message_id, provider, origin, kind, file_id,
                                 unique_id, name, said_type, size, state, created_at)
        SELECT id, chat_id, message_id, $1, 'chat', kind, file_id, unique_id, name, said_type, size,
               'waiting', tramita_now()
        FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                    $8::text[], $9::text[], $10::bigint[])
            AS a(id, chat_id, message_id, kind, file_id, unique_id, name, said_type, size)
        ON CONFLICT (chat_message_id, unique_id) DO NOTHING RETURNING id, size, file_id
        """,
        provider,
        [new_id() for _ in attached],
        [one.chat_id for one in attached],
        [one.chat_message_id for one in attached],
        [one.asset.kind for one in attached],
        [one.asset.file_id for one in attached],
        [one.asset.unique_id for one in attached],
        [work.keys.encrypt(tidy_name(one.asset.name), NAME) for one in attached],
        [one.asset.media_type for one in attached],
        [one.asset.size for one in attached],
    )
    wanted = [row["id"] for row in rows if _why_not(row) is None]
    if wanted:
        keys = {id_: f"{FETCH.name}:{id_}" for id_ in wanted}
        await ledger.prepare(work, FETCH, keys, provider=provider)
    for why in (TOO_LARGE, NAMELESS):
        await miss(work, [row["id"] for row in rows if _why_not(row) == why], why)


def _why_not(row: Mapping[str, Any]) -> str | None:
    """Why a file can never be had, if so."""
    if not row["file_id"]:
        return NAMELESS
    return TOO_LARGE if (row["size"] or 0) > LARGEST_DOWNLOAD else None


async def miss(work: UnitOfWork, ids: Sequence[UUID], why: str) -> None:
    """These can never be had."""
    if not ids:
        return
    moved = await ASSETS.move(work, ids, AssetTrigger.MISS, cause=why)
    await work.fetch(
        "UPDATE chat_assets SET reason = $2 WHERE id = ANY($1::uuid[])", list(moved), why
    )


async def keep(work: UnitOfWork, asset_id: UUID, stored: StoredFile, sha256: str) -> None:
    """A file that was waited for is here."""
    await work.fetch(
        "UPDATE chat_assets SET file = $2, size = $3, media_type = $4, sha256 = $5, content_hash = $6 "
        "WHERE id = $1 AND state = 'waiting'",
        asset_id,
        stored.digest,
        stored.size,
        stored.media_type,
        work.keys.encrypt(sha256, SHA256),
        work.keys.hash(CONTENT, sha256),
    )
    await ASSETS.move(work, [asset_id], AssetTrigger.KEEP)


async def save_asset(runtime: Runtime, chat_id: UUID, handed: Handed, *, actor: str) -> KeptAsset:
    """Keep what somebody hands in; the same content again is that file, and a row of its own.

    Raises ``ChatNotFound``, ``FileTooLarge`` and ``FilesAway``.
    """
    sha256 = (await digest_of(handed.content)).hex()
    async with runtime.database.unit_of_work() as work:
        chat = await get_chat(work, chat_id)
    stored = await runtime.files.put(handed.content)
    made = new_id()
    async with runtime.database.unit_of_work(actor=actor) as work:
        # One after another: of two that are the same the later one is known again.
        if not await lock_rows(work, "chats", [chat_id], "id"):
            raise ChatNotFound(id=chat_id)
        earlier = await work.fetch(
            "SELECT id FROM chat_assets WHERE chat_id = $1 AND content_hash = $2 AND state = 'kept' "
            "ORDER BY id LIMIT 1",
            chat_id,
            work.keys.hash(CONTENT, sha256),
        )
        await work.fetch(
            """
            INSERT INTO chat_assets (id, chat_id, provider, origin, kind, unique_id, name, said_type,
                                     state, created_at)
            VALUES ($1, $2, $3, 'person', $4, $5, $6, $7, 'waiting', tramita_now())
            """,
            made,
            chat_id,
            chat.provider,
            handed.kind,
            str(made),
            work.keys.encrypt(tidy_name(handed.name), NAME),
            handed.said_type,
        )
        await keep(work, made, stored, sha256)
        tell_changed(work, [chat_id])
    duplicate_of = earlier[0]["id"] if earlier else None
    return KeptAsset(
        made, sha256, stored.size, stored.media_type, handed.kind, "person", duplicate_of
    )


@dataclass(frozen=True, slots=True)
class HeldAsset:
    """A kept file that stays as it is until the unit of work ends; ``message_id``: in which message it came."""

    name: str
    media_type: str
    file: str
    size: int
    sha256: str
    message_id: int | None


async def hold_asset(work: UnitOfWork, chat_id: UUID, asset_id: UUID) -> HeldAsset:
    """A kept file of a chat, for something else that is to name it too; raises ``AssetNotFound``."""
    rows = await work.fetch(
        "SELECT a.name, a.media_type, a.file, a.size, a.sha256, m.message_id FROM chat_assets AS a "
        "LEFT JOIN chat_messages AS m ON m.id = a.chat_message_id "
        "WHERE a.id = $1 AND a.chat_id = $2 AND a.state = $3 AND a.file IS NOT NULL FOR SHARE OF a",
        asset_id,
        chat_id,
        AssetState.KEPT.value,
    )
    if not rows:
        raise AssetNotFound(id=asset_id)
    values = dict(rows[0])
    values["name"] = work.keys.decrypt(values["name"], NAME)
    values["sha256"] = work.keys.decrypt(values["sha256"], SHA256)
    return HeldAsset(**values)


@dataclass(frozen=True, slots=True)
class AssetContent:
    """A file to be shown or sent on."""

    name: str
    media_type: str
    file: str
    size: int


async def get_asset(work: UnitOfWork, chat_id: UUID, asset_id: UUID) -> AssetContent:
    """A kept file of a chat (``runtime.files`` has it); raises ``AssetNotFound``."""
    rows = await work.fetch(
        "SELECT name, media_type, file, size FROM chat_assets "
        "WHERE id = $1 AND chat_id = $2 AND state = $3 AND file IS NOT NULL",
        asset_id,
        chat_id,
        AssetState.KEPT.value,
    )
    if not rows:
        raise AssetNotFound(id=asset_id)
    [row] = rows
    name = work.keys.decrypt(row["name"], NAME)
    return AssetContent(name, row["media_type"], row["file"], row["size"])
