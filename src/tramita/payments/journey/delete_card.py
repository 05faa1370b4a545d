"""``payments.delete_card``: have the provider forget a card that nobody has any more.

Here it is gone already. To forget twice is once, so it is repeated for as long as it takes; what
the provider refuses is left to a person. That it does not know the card is believed when it says so
again an hour later: a card that it knows after all could be debited.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act, Gone
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime
from tramita.payments.acts import DELETE_CARD
from tramita.payments.cards import CARD_TOKEN, CARDS
from tramita.payments.lifecycle import CardTrigger
from tramita.payments.ports import CardRefusal, PaymentBackend
from tramita.payments.settings import PaymentSettings


async def load_tokens(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, str | None]:
    """The provider's names of cards."""
    rows = await work.fetch(
        "SELECT id, token FROM credit_cards WHERE id = ANY($1::uuid[])", list(ids)
    )
    return {row["id"]: row["token"] and work.keys.decrypt(row["token"], CARD_TOKEN) for row in rows}


async def record_deletions(work: UnitOfWork, results: Sequence[Result[str | None, None]]) -> None:
    """What the provider has forgotten has no name there any more."""
    gone = [
        one.task.operation.subject_id for one in results if one.trigger is OperationTrigger.DONE
    ]
    await CARDS.move(work, gone, CardTrigger.CONFIRM)
    await work.fetch(
        "UPDATE credit_cards SET token = NULL, token_hash = NULL, issuer_reference = NULL "
        "WHERE id = ANY($1::uuid[])",
        sorted(gone),
    )


async def _delete(backend: PaymentBackend, token: str | None, attempt: Attempt) -> Outcome[None]:
    return Done(None) if token is None else await backend.delete_credit_card(token, attempt)


def _gone(runtime: Runtime) -> Gone:
    patience = timedelta(seconds=runtime.configured(PaymentSettings).outage_wait)
    return Gone(frozenset({CardRefusal.CARD_UNKNOWN}), patience)


DELETION: Final[Act[str | None, None]] = Act(
    name=DELETE_CARD,
    load=load_tokens,
    call=_delete,
    on_refused=OperationTrigger.PARK,
    gone=_gone,
    record=record_deletions,
    concurrency=10,
)
