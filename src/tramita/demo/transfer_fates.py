"""What becomes of each payment abroad of the transfers' scene: who does what, and how the world fails."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from tramita.demo.transfer import AGENT, CLIENT, FORM, LEAVER, Transfer

Story: TypeAlias = Callable[[Transfer], Awaitable[None]]
_WRONG_INN: Final = {"inn": "7707083890"}


@dataclass(frozen=True, slots=True)
class Fate:
    """One application: its group, and where it and its payment must end.

    ``counts``: documents of it in 1C; messages and files of our bot in the group.
    """

    title: str
    what: str
    story: Story
    expected: str
    counts: tuple[int, int, int]
    agent: str = AGENT


async def _checked(one: Transfer) -> None:
    await one.begin()
    await one.fill()
    await one.move(CLIENT, "submitted")
    await one.move(one.agent, "new_in_house")


async def _priced(one: Transfer) -> None:
    await one.office("form_conditions")
    await one.until("offer_accepted")


async def _paid(one: Transfer) -> None:
    await one.move(CLIENT, "client_sent", axis="payment")
    for status in ("funds_received", "paid_out"):
        await one.office("set_payment", payment_status=status)
        await one.until("in_work", status)


async def _finished(one: Transfer) -> None:
    await one.office("generate_document", kind="closing_set")
    await one.until_written(1)
    await one.office("complete")
    await one.until("completed")


async def _goes_well(one: Transfer) -> None:
    await _checked(one)
    await one.say(CLIENT, "Добрый день! Когда будут условия?")
    await _priced(one)
    await one.office("set_in_work")
    await one.until("in_work")
    await _paid(one)
    await _finished(one)


async def _is_mended(one: Transfer) -> None:
    await one.begin()
    await one.fill(payer={**FORM["payer"], **_WRONG_INN})
    if await one.is_refused(CLIENT, "submitted"):
        await one.change(CLIENT, payer={"inn": FORM["payer"]["inn"]})
    await one.move(CLIENT, "submitted")
    await one.move(one.agent, "new_in_house")
    await _priced(one)


def _is_created_although(kind: str) -> Story:
    """1C fails at the creation, once."""

    async def story(one: Transfer) -> None:
        await one.begin()
        await one.fill()
        await one.fail("create_application", kind)
        await one.move(one.agent, "new_in_house")
        await _priced(one)

    return story


async def _is_begun_first(one: Transfer) -> None:
    await _checked(one)
    await one.office("set_in_work")
    await one.office("form_conditions")
    await one.until("in_work")


async def _gets_better_conditions(one: Transfer) -> None:
    await _checked(one)
    await _priced(one)
    await one.office("form_conditions", rate="11.05", supersedes=True)
    await one.until_offers(2)


async def _is_taken_back(one: Transfer) -> None:
    await _checked(one)
    await one.until_in_office()
    await one.move(one.agent, "draft")
    changed = await one.change(one.agent, money={"amount": "13000.00"})
    await one.move(one.agent, "new_in_house")
    await one.until_revision(changed["revision"])
    await _priced(one)


async def _is_rejected(one: Transfer) -> None:
    await _checked(one)
    await one.office("reject")
    await one.until("rejected")


async def _is_cancelled(one: Transfer) -> None:
    await _checked(one)
    await one.until_in_office()
    await one.move(one.agent, "cancelled", reason="Клиент передумал")
    await one.until("cancelled")


async def _moves_house(one: Transfer) -> None:
    await _checked(one)
    # The card that was written stays behind in the group; there is another one where it moves to.
    await one.until_written(2, "message_sent")
    await one.upgrade()
    await one.say(CLIENT, "Теперь это супергруппа")
    await _priced(one)
    await one.office("generate_document", kind="invoice")
    await one.until_written(1)


async def _comes_back(one: Transfer) -> None:
    await _checked(one)
    await _priced(one)
    await one.office("set_in_work")
    await one.until("in_work")
    await _paid(one)
    await one.office("set_payment", payment_status="returned")
    await one.until("in_work", "returned")


async def _waits_for_its_successor(one: Transfer) -> None:
    await _checked(one)
    await one.until_in_office()
    await one.leave_list()
    await one.office("form_conditions")
    await one.until_offers(1)
    await one.hand_over()
    await one.until("offer_accepted")


FATES: Final = (
    Fate(
        "Станки в Шэньчжэнь",
        "filled in, checked, priced in 1C, paid, documented, completed",
        _goes_well,
        "completed, paid_out",
        (1, 2, 1),
    ),
    Fate(
        "Подшипники",
        "a wrong INN, corrected by the client",
        _is_mended,
        "offer_accepted, none",
        (1, 2, 0),
    ),
    Fate(
        "Ткани",
        "1C's answer was lost, the document is there: found, not made twice",
        _is_created_although("reset_after_effect"),
        "offer_accepted, none",
        (1, 2, 0),
    ),
    Fate(
        "Чай",
        "1C was cut off before it had written anything",
        _is_created_although("reset_before_effect"),
        "offer_accepted, none",
        (1, 2, 0),
    ),
    Fate(
        "Фарфор",
        "no licence of 1C was free at first",
        _is_created_although("html_with_200"),
        "offer_accepted, none",
        (1, 2, 0),
    ),
    Fate(
        "Лампы",
        "in work at 1C before there were conditions",
        _is_begun_first,
        "in_work, none",
        (1, 2, 0),
    ),
    Fate(
        "Насосы",
        "better conditions before any money moved",
        _gets_better_conditions,
        "offer_accepted, none",
        (1, 2, 0),
    ),
    Fate(
        "Краски",
        "taken back from 1C, changed, sent again: the same document",
        _is_taken_back,
        "offer_accepted, none",
        (1, 3, 0),
    ),
    Fate("Часы", "rejected by 1C", _is_rejected, "rejected, none", (1, 2, 0)),
    Fate("Игрушки", "cancelled by the agent", _is_cancelled, "cancelled, none", (1, 2, 0)),
    Fate(
        "Обувь",
        "the group became a supergroup in the middle",
        _moves_house,
        "offer_accepted, none",
        (1, 3, 1),
    ),
    Fate(
        "Мебель",
        "paid out, and came back days later",
        _comes_back,
        "in_work, returned",
        (1, 2, 0),
    ),
    Fate(
        "Кабель",
        "its agent left the list: conditions waited for a manager",
        _waits_for_its_successor,
        "offer_accepted, none",
        (1, 2, 0),
        LEAVER,
    ),
)
"""Every application, in a group of its own."""
