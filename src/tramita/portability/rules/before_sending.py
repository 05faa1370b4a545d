"""Rules 17 to 21: what we know ourselves, checked before the provider is asked.

QI Tech cancels a contract for good when its pictures are outside the limits, and the
clearing house refuses a second portability of the same loan, so these failures must
not be found out by sending.
"""

from calendar import monthrange
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from tramita.portability.ports import Document, PictureLimits, Policy, Proposal, Terms
from tramita.portability.rules.verdict import Code, Failure, Verdict, doubt, reject, sum_up


class Loan(NamedTuple):
    """What names a loan at its origin bank: CPF, ISPB and the bank's contract number."""

    cpf: str
    ispb: str
    contract_number: str

    @classmethod
    def of(cls, proposal: Proposal) -> "Loan":
        """The loan that this proposal moves."""
        origin = proposal.origin
        return cls(proposal.borrower.cpf, origin.ispb, origin.contract_number)


@dataclass(frozen=True, slots=True)
class MarginQuery:
    """The last answer about the benefit: its block and the margin left, BRL a month."""

    asked_on: date
    is_blocked: bool
    available_margin: Decimal


def check_before_sending(
    proposal: Proposal,
    *,
    policy: Policy,
    today: date,
    live_loans: Container[Loan] = frozenset(),
    margin_query: MarginQuery | None = None,
) -> Verdict:
    """Judge a proposal before it is sent and name every failed rule.

    ``live_loans`` are the loans of all *other* contracts of ours that are still going.
    """
    return sum_up(
        [
            *_age(proposal, policy, today),
            *_benefit(proposal, policy),
            *_margin(proposal, policy, today, margin_query),
            *_pictures(proposal, policy),
            *_origin_bank(proposal, policy),
            *_not_yet_moving(proposal, live_loans),
        ]
    )


def _age(proposal: Proposal, policy: Policy, today: date) -> Iterator[Failure]:
    born = proposal.borrower.birth_date
    if (age := _years(born, today)) < policy.smallest_age:
        sentence = f"The client is {age}; a legal representative would have to sign."
        yield reject(17, Code.CLIENT_UNDER_AGE, sentence)
    at_end = max(_years(born, _last_due(terms)) for terms in _asked(proposal))
    if at_end > policy.largest_age_at_end:
        sentence = (
            f"The client will be {at_end} at the last instalment, "
            f"above {policy.largest_age_at_end}."
        )
        yield reject(17, Code.CLIENT_ABOVE_AGE_LIMIT, sentence)


def _benefit(proposal: Proposal, policy: Policy) -> Iterator[Failure]:
    if (species := proposal.benefit.species) in policy.refused_species:
        sentence = f"Benefits of species {species} are not accepted."
        yield reject(18, Code.BENEFIT_SPECIES_NOT_ACCEPTED, sentence)


def _margin(
    proposal: Proposal, policy: Policy, today: date, query: MarginQuery | None
) -> Iterator[Failure]:
    if query is None:
        if policy.needs_margin_query:
            yield doubt(18, Code.MARGIN_QUERY_MISSING, "The benefit's margin was never asked for.")
        return
    if query.asked_on < today - timedelta(days=policy.margin_query_days):
        sentence = (
            f"The margin was asked for on {query.asked_on}, "
            f"over {policy.margin_query_days} days ago."
        )
        yield doubt(18, Code.MARGIN_QUERY_TOO_OLD, sentence)
    if query.is_blocked:
        yield reject(18, Code.BENEFIT_BLOCKED, "The benefit is blocked for loans.")
    # The old instalment's margin is set free and used again.
    highest = max(terms.installment_amount for terms in _asked(proposal))
    needed = highest - proposal.origin.installment_amount
    if needed > query.available_margin:
        sentence = f"{needed} BRL of margin are needed, {query.available_margin} are left."
        yield reject(18, Code.MARGIN_TOO_SMALL, sentence)


def _pictures(proposal: Proposal, policy: Policy) -> Iterator[Failure]:
    limits = policy.pictures
    for picture in proposal.documents:
        if not _is_acceptable(picture, limits):
            sentence = (
                f"The picture {picture.kind} is {picture.media_type}, "
                f"{picture.width}x{picture.height} px, {picture.size} bytes; at least "
                f"{limits.least_pixels} px and at most {limits.most_bytes} bytes of "
                f"{', '.join(sorted(limits.media_types))} are accepted."
            )
            yield reject(19, Code.PICTURE_NOT_ACCEPTABLE, sentence)


def _is_acceptable(picture: Document, limits: PictureLimits) -> bool:
    return (
        picture.media_type in limits.media_types
        and min(picture.width, picture.height) >= limits.least_pixels
        and 0 < picture.size <= limits.most_bytes
    )


def _origin_bank(proposal: Proposal, policy: Policy) -> Iterator[Failure]:
    ispb = proposal.origin.ispb
    if ispb == policy.own_ispb:
        yield reject(20, Code.ORIGIN_BANK_IS_OURS, f"The bank {ispb} is our own lender.")
    elif policy.participants is not None and ispb not in policy.participants:
        sentence = f"The bank {ispb} does not take part in portability."
        yield reject(20, Code.ORIGIN_BANK_NOT_PARTICIPANT, sentence)


def _not_yet_moving(proposal: Proposal, live_loans: Container[Loan]) -> Iterator[Failure]:
    if Loan.of(proposal) in live_loans:
        origin = proposal.origin
        sentence = f"The loan {origin.contract_number} of bank {origin.ispb} is already moving."
        yield reject(21, Code.LOAN_ALREADY_IN_PORTABILITY, sentence)


def _asked(proposal: Proposal) -> tuple[Terms, ...]:
    return (
        (proposal.terms,)
        if proposal.refinancing is None
        else (
            proposal.terms,
            proposal.refinancing,
        )
    )


def _last_due(terms: Terms) -> date:
    first = terms.first_due_date
    year, month = divmod(first.year * 12 + first.month + terms.number_of_installments - 2, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
