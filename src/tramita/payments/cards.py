"""Cards: saved once, owned by one or more payers, of whose cards one is the main one."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.identifiers import new_id
from tramita.kit.jwt_users import USERNAME
from tramita.kit.operations import ledger
from tramita.kit.transitions import Stateful
from tramita.payments.acts import DELETE_CARD
from tramita.payments.errors import CreditCardInUse, CreditCardNotFound
from tramita.payments.lifecycle import CARD, TO_PAY, CardTrigger
from tramita.payments.ports import SavedCard

CARDS: Final = Stateful(CARD, "credit_cards")
TOKEN: Final = "card_token"
"""The kind of hash by which a card is known again."""
# As what is told of a card is encrypted.
CARD_TOKEN: Final = "credit_cards.token"
ISSUER_REFERENCE: Final = "credit_cards.issuer_reference"
_TITLE: Final = "credit_cards.title"

_OWNED: Final = """
    SELECT c.id, c.provider, c.title, c.brand, c.expiration_month, c.expiration_year,
           c.last_numbers, o.is_main
    FROM credit_cards AS c JOIN card_owners AS o ON o.card_id = c.id
    WHERE c.state = 'active' AND o.payer_id = $1
"""


@dataclass(frozen=True, slots=True)
class OwnedCard:
    """A card as its owner may see it."""

    id: UUID
    provider: str
    title: str | None
    brand: str
    expiration_month: int
    expiration_year: int
    last_numbers: str
    is_main: bool

    def is_expired(self, today: date) -> bool:
        """Whether its last month is over."""
        return (self.expiration_year, self.expiration_month) < (today.year, today.month)


def topic_of(payer_id: UUID) -> str:
    """What whoever waits for a payer's card listens to."""
    return f"cards:{payer_id}"


async def find_payer_of(work: UnitOfWork, tenant: str, owner: str) -> UUID | None:
    """Who pays, by their name in a tenant; ``None``: nobody has paid anything by that name."""
    rows = await work.fetch(
        "SELECT id FROM payers WHERE tenant = $1 AND owner_hash = $2",
        tenant,
        work.keys.hash(USERNAME, owner),
    )
    return rows[0]["id"] if rows else None


async def list_cards(work: UnitOfWork, payer_id: UUID, provider: str) -> list[OwnedCard]:
    """A payer's cards at a provider: the main one first, then the newest."""
    rows = await work.fetch(
        f"{_OWNED} AND c.provider = $2 ORDER BY o.is_main DESC, c.id DESC", payer_id, provider
    )
    return [_owned(work.keys, row) for row in rows]


async def find_card_of(
    work: UnitOfWork, payer_id: UUID, card_id: UUID, *, lock: bool = False
) -> OwnedCard | None:
    """A payer's own card; somebody else's is none."""
    rows = await work.fetch(
        f"{_OWNED} AND c.id = $2 {'FOR NO KEY UPDATE' if lock else ''}", payer_id, card_id
    )
    return _owned(work.keys, rows[0]) if rows else None


def _owned(keys: Keyring, row: asyncpg.Record) -> OwnedCard:
    title = row["title"]
    return OwnedCard(**{**dict(row), "title": title and keys.decrypt(title, _TITLE)})


async def save_card(work: UnitOfWork, provider: str, payer_id: UUID, card: SavedCard) -> None:
    """Keep a card for its owner; their first one is the main one. Again changes nothing more.

    A card that is told again has what was told last; one that was deleted stays so.
    """
    tenant = await _lock_payer(work, payer_id)
    if tenant is None:
        return
    rows = await work.fetch(
        """
        INSERT INTO credit_cards AS c (id, tenant, provider, token, token_hash, issuer_reference,
                                       brand, expiration_month, expiration_year, last_numbers,
                                       state, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, tramita_now())
        ON CONFLICT (provider, token_hash) DO UPDATE SET
            issuer_reference = coalesce(excluded.issuer_reference, c.issuer_reference),
            expiration_month = excluded.expiration_month,
            expiration_year = excluded.expiration_year
        WHERE c.state = 'active' AND c.tenant = excluded.tenant
        RETURNING c.id
        """,
        new_id(),
        tenant,
        provider,
        work.keys.encrypt(card.token, CARD_TOKEN),
        work.keys.hash(TOKEN, card.token),
        card.issuer_reference and work.keys.encrypt(card.issuer_reference, ISSUER_REFERENCE),
        card.brand,
        card.expiration_month,
        card.expiration_year,
        card.last_numbers,
        CARD.initial.value,
    )
    if rows:
        await work.fetch(
            """
            INSERT INTO card_owners (card_id, payer_id, is_main, created_at)
            SELECT $1, $2, NOT EXISTS (SELECT FROM card_owners WHERE payer_id = $2 AND is_main),
                   tramita_now()
            ON CONFLICT DO NOTHING
            """,
            rows[0]["id"],
            payer_id,
        )
        work.publish(topic_of(payer_id), {"type": "CHANGED"})


async def _lock_payer(work: UnitOfWork, payer_id: UUID) -> str | None:
    """Whose payer it is, who has one card saved, promoted or deleted after the other.

    So that one of them is the main one, whatever happens at once. Locked before any card.
    """
    rows = await work.fetch("SELECT tenant FROM payers WHERE id = $1 FOR NO KEY UPDATE", payer_id)
    return rows[0]["tenant"] if rows else None


async def promote_card(work: UnitOfWork, payer_id: UUID, card_id: UUID) -> None:
    """Make a card the main one of its owner; raises ``CreditCardNotFound``."""
    await _lock_payer(work, payer_id)
    if await find_card_of(work, payer_id, card_id) is None:
        raise CreditCardNotFound
    # Two statements: of two main cards, even for a moment, there must be none.
    await work.fetch(
        "UPDATE card_owners SET is_main = false WHERE payer_id = $1 AND is_main", payer_id
    )
    await work.fetch(
        "UPDATE card_owners SET is_main = true WHERE payer_id = $1 AND card_id = $2",
        payer_id,
        card_id,
    )


async def rename_card(work: UnitOfWork, payer_id: UUID, card_id: UUID, title: str | None) -> None:
    """Give a card a name of its owner's choosing; raises ``CreditCardNotFound``."""
    if await find_card_of(work, payer_id, card_id, lock=True) is None:
        raise CreditCardNotFound
    await work.fetch(
        "UPDATE credit_cards SET title = $2 WHERE id = $1",
        card_id,
        title and work.keys.encrypt(title, _TITLE),
    )


async def delete_card(work: UnitOfWork, payer_id: UUID, card_id: UUID) -> None:
    """Let a card go; with its last owner it is deleted here, and then at its provider.

    Raises ``CreditCardNotFound``, and ``CreditCardInUse`` while something is to be paid with it.
    """
    await _lock_payer(work, payer_id)
    card = await find_card_of(work, payer_id, card_id, lock=True)
    if card is None:
        raise CreditCardNotFound
    if await _is_in_use(work, payer_id, card_id):
        raise CreditCardInUse
    await work.fetch(
        "UPDATE payment_accounts SET card_id = NULL WHERE card_id = $1 AND payer_id = $2",
        card_id,
        payer_id,
    )
    await work.fetch(
        "DELETE FROM card_owners WHERE card_id = $1 AND payer_id = $2", card_id, payer_id
    )
    others = await work.fetch("SELECT FROM card_owners WHERE card_id = $1", card_id)
    if not others and await CARDS.move(work, [card_id], CardTrigger.DELETE):
        keys = {card_id: f"delete_card:{card_id}"}
        await ledger.prepare(work, DELETE_CARD, keys, provider=card.provider)
    if card.is_main:
        await _promote_newest(work, payer_id)


async def _is_in_use(work: UnitOfWork, payer_id: UUID, card_id: UUID) -> bool:
    # Whoever writes the schedule of one of them is waited for, or waits and finds it without a card.
    await work.fetch(
        "SELECT FROM payment_accounts WHERE card_id = $1 AND payer_id = $2 "
        "ORDER BY contract_id FOR NO KEY UPDATE",
        card_id,
        payer_id,
    )
    rows = await work.fetch(
        """
        SELECT FROM payment_accounts AS a JOIN installments AS i USING (contract_id)
        WHERE a.card_id = $1 AND a.payer_id = $2 AND i.state = ANY($3::text[]) LIMIT 1
        """,
        card_id,
        payer_id,
        sorted(TO_PAY),
    )
    return bool(rows)


async def _promote_newest(work: UnitOfWork, payer_id: UUID) -> None:
    await work.fetch(
        """
        UPDATE card_owners SET is_main = true WHERE payer_id = $1 AND card_id = (
            SELECT o.card_id FROM card_owners AS o JOIN credit_cards AS c ON c.id = o.card_id
            WHERE o.payer_id = $1 AND c.state = 'active' ORDER BY o.card_id DESC LIMIT 1)
        """,
        payer_id,
    )
