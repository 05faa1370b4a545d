"""What becomes of each order of the courses' scene: who does what, and how the world fails.

A fate is told until something has to be waited for that takes days; there it says ``yield``.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from tramita.demo.course_order import Ordering
from tramita.demo.learning import ASKS, HAS_NO_MONEY, MISSES_SECOND, PAYS

Story: TypeAlias = Callable[[Ordering], AsyncIterator[None]]


@dataclass(frozen=True, slots=True)
class Fate:
    """One order: whose it is, what is ordered, and where it must end.

    ``counts``: procedures at the signing service; debits that the card processor was asked for,
    payments made there, and given back.
    """

    who: str
    product: str
    what: str
    story: Story
    expected: str
    counts: tuple[int, int, int, int]


def _paid_in_two(
    *, is_signed: bool = True, notices: str = "", card: str = PAYS, debit: str = ""
) -> Story:
    """All the way to the end, whatever happens to notices, cards and debits on it."""

    async def story(one: Ordering) -> AsyncIterator[None]:
        await one.order()
        if debit:
            await one.fail_debit(debit)
        if is_signed:
            await one.sign(notices)
        await one.save_card(card)
        await one.until("pending_payment")
        yield
        await one.until("completed")

    return story


async def _is_told_twice(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.click_twice()
    await one.sign("webhook_reordered")
    await one.countersign("webhook_duplicate")
    await one.save_card()
    await one.until("pending_payment")
    yield
    await one.until("completed")


async def _is_not_signed(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.refuse()
    await one.until("to_sign")
    yield


async def _is_signed_by_nobody(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.click_twice()
    await one.until("signing")
    yield
    await one.until("to_sign")


async def _is_paid_by_hand(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.sign()
    await one.save_card(HAS_NO_MONEY)
    await one.until("no_payment")
    await one.save_card()
    await one.pay_by_hand()
    await one.until("pending_payment")
    yield
    await one.until("completed")


async def _gets_another_card(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.sign()
    await one.save_card(is_running_out=True)
    await one.until("pending_payment")
    yield
    await one.until("failed_payment")
    await one.save_card()
    yield
    await one.until("completed")


async def _is_dunned(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.sign()
    await one.save_card(MISSES_SECOND)
    await one.until("pending_payment")
    yield
    await one.until("failed_payment")
    yield
    await one.until("completed")


async def _is_refunded(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.sign()
    await one.save_card()
    await one.until("pending_payment")
    await one.cancel()
    await one.refund()
    await one.until("refunded")
    yield


async def _is_withdrawn_from(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.sign()
    await one.save_card()
    await one.until("pending")
    await one.withdraw()
    await one.until("canceled")
    yield


async def _begins_later(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.sign()
    await one.save_card()
    await one.until("pending")
    yield
    await one.until("pending_payment")


async def _is_free(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.sign()
    await one.until("completed")
    yield


async def _has_its_card_first(one: Ordering) -> AsyncIterator[None]:
    await one.order()
    await one.save_card()
    await one.until("to_sign")
    await one.sign()
    await one.until("pending_payment")
    yield
    await one.until("completed")


FATES: Final = (
    Fate(
        "ana",
        "botany",
        "signed, a card saved, paid in two instalments",
        _paid_in_two(),
        "completed",
        (1, 2, 2, 0),
    ),
    Fate(
        "ben",
        "mushrooms",
        "the notice of the signature was lost: asked for when somebody looked",
        _paid_in_two(notices="webhook_lost"),
        "completed",
        (1, 2, 2, 0),
    ),
    Fate(
        "camille",
        "mushrooms",
        "two clicks on “sign”; its notices came twice, the first one last",
        _is_told_twice,
        "completed",
        (1, 2, 2, 0),
    ),
    Fate("dora", "mushrooms", "refused by the learner", _is_not_signed, "to_sign", (1, 0, 0, 0)),
    Fate(
        "emil",
        "mushrooms",
        "signed by nobody until its time was over",
        _is_signed_by_nobody,
        "to_sign",
        (1, 0, 0, 0),
    ),
    Fate(
        "fatou",
        "mushrooms",
        "the card was refused, so paid by hand with another one",
        _is_paid_by_hand,
        "completed",
        (1, 2, 2, 0),
    ),
    Fate(
        "gil",
        "mushrooms",
        "the bank asked who was there (3-D Secure)",
        _paid_in_two(card=ASKS),
        "completed",
        (1, 2, 2, 0),
    ),
    Fate(
        "hana",
        "botany",
        "the card ran out and was replaced: debited three days later",
        _gets_another_card,
        "completed",
        (1, 3, 2, 0),
    ),
    Fate(
        "ivan",
        "mushrooms",
        "a debit's answer was lost: asked for, found, not debited twice",
        _paid_in_two(debit="lost_after"),
        "completed",
        (1, 2, 2, 0),
    ),
    Fate(
        "judith",
        "botany",
        "no money for the second instalment: debited again after three days",
        _is_dunned,
        "completed",
        (1, 3, 2, 0),
    ),
    Fate(
        "ana",
        "mushrooms",
        "cancelled after the first instalment: given back",
        _is_refunded,
        "refunded",
        (1, 1, 1, 1),
    ),
    Fate(
        "camille",
        "alpine-flora",
        "withdrawn in time: nothing was debited",
        _is_withdrawn_from,
        "canceled",
        (1, 0, 0, 0),
    ),
    Fate(
        "ana",
        "alpine-flora",
        "begins later: debited when nobody can withdraw any more",
        _begins_later,
        "pending_payment",
        (1, 1, 1, 0),
    ),
    Fate(
        "ana",
        "field-guide",
        "sold without a contract: nothing to sign",
        _paid_in_two(is_signed=False),
        "completed",
        (0, 2, 2, 0),
    ),
    Fate("ana", "herbarium", "free: open when it was signed", _is_free, "completed", (1, 0, 0, 0)),
    Fate(
        "ana",
        "lichens",
        "the card first: debited as soon as it was signed",
        _has_its_card_first,
        "completed",
        (1, 2, 2, 0),
    ),
)
