"""What the card processor says of instalments, held against what is written here."""

import asyncio
from functools import partial
from uuid import UUID

import pytest

from tests.payments.shop import Learner, Shop
from tramita.testing.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def write(shop: Shop, learner: Learner, state: str) -> None:
    """Let the first instalment be in a state, whatever was paid."""
    await shop.world.fetch(
        "UPDATE installments SET state = $2 WHERE id = $1 RETURNING id",
        UUID(await shop.installment(learner)),
        state,
    )


async def contradictions(shop: Shop, learner: Learner) -> list[str]:
    """What Lyra says otherwise of the learner's first instalment."""
    said = f"Y3 {await shop.installment(learner)}: "
    return [one.removeprefix(said) for one in await shop.broken() if one.startswith(said)]


async def test_what_is_paid_there_alone_is_found(shop: Shop) -> None:
    """Nothing of it moves here, so nothing would find it later."""
    learner = await shop.paid()
    await write(shop, learner, "pending")

    found = await contradictions(shop, learner)
    await write(shop, learner, "paid")

    assert ["it is pending here, and paid at lyra"] == found


async def test_what_moves_while_the_processor_is_asked_is_no_contradiction(shop: Shop) -> None:
    """It was looked at before its debit, and the processor was asked after it."""
    learner = await shop.paid()
    await write(shop, learner, "pending")
    fault = await shop.lyra.fail(
        "answer_held", operation="get_order", count=None, arguments={"seconds": 20}
    )
    found = asyncio.create_task(contradictions(shop, learner))
    await until(partial(shop.lyra.has_struck, fault))
    await write(shop, learner, "paid")
    await shop.lyra.let_go(fault)

    assert [] == await found
