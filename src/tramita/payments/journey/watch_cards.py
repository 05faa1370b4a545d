"""``payments.watch_cards``: look every night at the cards whose time runs out.

Whose card is over before the last instalment that it is to pay is told of in time, once for each
contract, card and last month: its owner saves another. A card that is over, and with which nothing
is to be paid, is let go of: here, and then at its provider.
"""

from contextlib import suppress
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.database.conditions import one_of
from tramita.kit.jobs import Schedule
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks.emission import NewEvent, emit_many
from tramita.payments.cards import delete_card
from tramita.payments.errors import CreditCardInUse, CreditCardNotFound
from tramita.payments.events import CARD_EXPIRING
from tramita.payments.lifecycle import TO_PAY
from tramita.payments.settings import PaymentSettings

JOB: Final = "payments.watch_cards"
_AT_ONCE: Final = 200
# The first day on which a card is good no more. Defensive: whatever year a provider has told, one
# card is no reason to look at no other.
_YEAR: Final = "least(greatest(c.expiration_year, 1), 9998)"
_OVER: Final = f"(make_date({_YEAR}, c.expiration_month, 1) + interval '1 month')::date"
# In use, and over by a day of this year and month. By page, so that whatever the planner knows of
# the arguments it reads them by their index, and none of all those that are good for years.
_ENDING: Final = """
    SELECT id, expiration_year, expiration_month FROM credit_cards
    WHERE state = 'active' AND (expiration_year, expiration_month) < ($1, $2)
      AND (expiration_year, expiration_month, id) > ($3, $4, $5)
    ORDER BY expiration_year, expiration_month, id LIMIT $6
"""
_FIRST: Final = (-(2**31), 0, UUID(int=0))
_TELL: Final = f"""
    WITH soon AS (
        SELECT a.contract_id, c.id, c.brand, c.last_numbers, c.expiration_month, c.expiration_year,
               i.due_date, concat_ws(' ', c.id, {_OVER}) AS word
        FROM payment_accounts AS a JOIN credit_cards AS c ON c.id = a.card_id
        CROSS JOIN LATERAL (
            SELECT min(due_date) AS due_date FROM installments
            WHERE contract_id = a.contract_id AND {one_of("state", TO_PAY)}
              AND (state <> 'pending' OR due_date >= {_OVER})
        ) AS i
        WHERE a.card_id = ANY($1::uuid[]) AND c.state = 'active' AND i.due_date IS NOT NULL
          AND a.card_told IS DISTINCT FROM concat_ws(' ', c.id, {_OVER})
        ORDER BY a.contract_id FOR NO KEY UPDATE OF a SKIP LOCKED
    )
    UPDATE payment_accounts AS a SET card_told = soon.word FROM soon
    WHERE a.contract_id = soon.contract_id
    RETURNING soon.*
"""  # noqa: S608 - constants
_UNUSED: Final = f"""
    SELECT c.id, o.payer_id FROM credit_cards AS c JOIN card_owners AS o ON o.card_id = c.id
    WHERE c.id = ANY($1::uuid[]) AND c.state = 'active'
      AND (c.expiration_year, c.expiration_month) < ($2, $3) AND NOT EXISTS (
        SELECT FROM payment_accounts AS a JOIN installments AS i USING (contract_id)
        WHERE a.card_id = c.id AND {one_of("i.state", TO_PAY)})
    ORDER BY c.id
"""  # noqa: S608 - constants


async def watch_cards(runtime: Runtime) -> None:
    """Tell of those that will be over too soon, and let go of those that are."""
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=JOB) as work:
        today = settings.day_of(await work.now())
    soon = today + settings.card_notice
    fetch, last = runtime.database.fetch, _FIRST
    while found := await fetch(_ENDING, soon.year, soon.month, *last, _AT_ONCE):
        ids = [row["id"] for row in found]
        await _tell(runtime, ids)
        for row in await fetch(_UNUSED, ids, today.year, today.month):
            await _let_go(runtime, row["payer_id"], row["id"])
        last = (found[-1]["expiration_year"], found[-1]["expiration_month"], ids[-1])


async def _tell(runtime: Runtime, cards: list[UUID]) -> None:
    async with runtime.database.unit_of_work(actor=JOB) as work:
        rows = await work.fetch(_TELL, cards)
        await emit_many(work, [_event(row) for row in rows])


def _event(row: asyncpg.Record) -> NewEvent:
    data = {
        "id": str(row["id"]),
        "contract_id": str(row["contract_id"]),
        "due_date": row["due_date"].isoformat(),
    }
    same = ("brand", "last_numbers", "expiration_month", "expiration_year")
    return NewEvent(CARD_EXPIRING, row["contract_id"], data | {name: row[name] for name in same})


async def _let_go(runtime: Runtime, payer_id: UUID, card_id: UUID) -> None:
    """Each by itself: one that is bound again meanwhile stays, and holds up no other."""
    with suppress(CreditCardInUse, CreditCardNotFound):
        async with runtime.database.unit_of_work(actor=JOB) as work:
            await delete_card(work, payer_id, card_id)


SCHEDULES: Final[list[Schedule[Runtime]]] = [Schedule(JOB, "41 2 * * *", watch_cards)]
