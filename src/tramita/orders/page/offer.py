"""What is offered, as a learner reads it: when, by whom, for how much, and what is due when."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tramita.kit.languages.words import Words
from tramita.orders.model import ProductType
from tramita.orders.offers import Offer
from tramita.orders.page.schedule import Line, show_preview
from tramita.orders.page.words import PRODUCTS
from tramita.payments.rules.schedule import CourseWithoutDates, Policy, Terms, make_schedule


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer, ready to be placed by a template."""

    id: UUID
    title: str
    course: str
    kind: str
    sellers: str
    dates: str
    price: str
    is_free: bool
    has_contract: bool
    courses: list[str]
    preview: list[Line]
    is_undated: bool
    ordered: UUID | None


def show_offer(offer: Offer, today: date, policy: Policy, words: Words) -> OfferView:
    """An offer, with what would be due when if it were ordered and signed today."""
    preview, is_undated = _preview(offer, today, policy, words)
    return OfferView(
        offer.id,
        offer.title,
        offer.course,
        words.gettext(PRODUCTS[offer.type]),
        ", ".join(offer.organizations),
        _dates(offer, words),
        words.money(offer.total) if offer.price else words.gettext("Free"),
        not offer.price,
        offer.has_contract,
        [one for one in offer.courses if one != offer.course],
        preview,
        is_undated,
        offer.ordered,
    )


def _preview(offer: Offer, today: date, policy: Policy, words: Words) -> tuple[list[Line], bool]:
    at_once = offer.type is ProductType.CERTIFICATE
    terms = Terms(offer.total, today, offer.starts_on, offer.ends_on, at_once)
    try:
        return show_preview(make_schedule(terms, policy), words), False
    except CourseWithoutDates:
        return [], True


def _dates(offer: Offer, words: Words) -> str:
    begins, ends = offer.starts_on, offer.ends_on
    if begins and ends:
        return words.gettext(
            "%(begins)s to %(ends)s", begins=words.date(begins), ends=words.date(ends)
        )
    if begins:
        return words.gettext("from %(begins)s", begins=words.date(begins))
    if ends:
        return words.gettext("until %(ends)s", ends=words.date(ends))
    return words.gettext("dates to be announced")
