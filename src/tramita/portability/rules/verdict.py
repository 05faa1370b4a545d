"""What the rules say: failures with a code, a number and a sentence, and their sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Grade(StrEnum):
    """Go on, stop, or find out first."""

    OK = "ok"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"


class Code(StrEnum):
    """Every way to fail a rule. Stable: stored, shown and counted by these names."""

    # 1 The answer can be read, and has the parts that were asked for.
    ANSWER_UNREADABLE = "answer_unreadable"
    REFINANCING_MISSING = "refinancing_missing"
    # 2 Its keys belong to this contract alone.
    KEY_BELONGS_TO_ANOTHER_CONTRACT = "key_belongs_to_another_contract"
    # 3 It is about the same client and loan.
    WRONG_CLIENT = "wrong_client"
    WRONG_BENEFIT = "wrong_benefit"
    WRONG_CONTRACT_NUMBER = "wrong_contract_number"
    WRONG_ORIGIN_CONTRACT = "wrong_origin_contract"
    WRONG_ORIGIN_BANK = "wrong_origin_bank"
    # 4 It is at its start.
    PROPOSAL_ALREADY_ENDED = "proposal_already_ended"
    PROPOSAL_STATUS_UNEXPECTED = "proposal_status_unexpected"
    OPERATION_ALREADY_ENDED = "operation_already_ended"
    OPERATION_STATUS_UNEXPECTED = "operation_status_unexpected"
    # 5 There is something to sign.
    CONTRACT_DOCUMENT_MISSING = "contract_document_missing"
    # 6, 7 Interest.
    RATE_ABOVE_PROPOSED = "rate_above_proposed"
    RATE_ABOVE_ORIGIN = "rate_above_origin"
    RATE_ABOVE_CAP = "rate_above_cap"
    RATES_DISAGREE = "rates_disagree"
    # 8, 9 Term and schedule.
    INSTALLMENT_COUNT_DIFFERS = "installment_count_differs"
    TERM_ABOVE_ORIGIN = "term_above_origin"
    TERM_ABOVE_CAP = "term_above_cap"
    SCHEDULE_INCOMPLETE = "schedule_incomplete"
    DUE_DATES_IRREGULAR = "due_dates_irregular"
    FIRST_DUE_DATE_DIFFERS = "first_due_date_differs"
    INSTALLMENTS_UNEVEN = "installments_uneven"
    # 10 to 14 Money.
    INSTALLMENT_ABOVE_ORIGIN = "installment_above_origin"
    INSTALLMENT_BELOW_MINIMUM = "installment_below_minimum"
    AMOUNT_DIFFERS_FROM_BALANCE = "amount_differs_from_balance"
    SCHEDULE_DOES_NOT_REPAY_AMOUNT = "schedule_does_not_repay_amount"
    CHANGE_IN_PURE_PORTABILITY = "change_in_pure_portability"
    REFINANCING_NOT_ASKED = "refinancing_not_asked"
    FEES_CHARGED = "fees_charged"
    CHANGE_TOO_SMALL = "change_too_small"
    # 15, 16 Disclosure and payment.
    CET_MISSING = "cet_missing"
    CET_BELOW_RATE = "cet_below_rate"
    DISBURSEMENT_NOT_ON_BUSINESS_DAY = "disbursement_not_on_business_day"
    DISBURSEMENT_OUTSIDE_WINDOW = "disbursement_outside_window"
    # 17 to 21 Before sending.
    CLIENT_UNDER_AGE = "client_under_age"
    CLIENT_ABOVE_AGE_LIMIT = "client_above_age_limit"
    BENEFIT_SPECIES_NOT_ACCEPTED = "benefit_species_not_accepted"
    BENEFIT_BLOCKED = "benefit_blocked"
    MARGIN_QUERY_MISSING = "margin_query_missing"
    MARGIN_QUERY_TOO_OLD = "margin_query_too_old"
    MARGIN_TOO_SMALL = "margin_too_small"
    PICTURE_NOT_ACCEPTABLE = "picture_not_acceptable"
    ORIGIN_BANK_NOT_PARTICIPANT = "origin_bank_not_participant"
    ORIGIN_BANK_IS_OURS = "origin_bank_is_ours"
    LOAN_ALREADY_IN_PORTABILITY = "loan_already_in_portability"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed rule, in a form that is stored and shown as it is."""

    code: Code
    rule: int
    grade: Grade
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done, and every failure that led to it, in the order of the rules."""

    grade: Grade
    failures: tuple[Failure, ...] = ()


# Whose answer it is must be known before anything in it may be judged: a rejection
# cancels the proposal at the provider, and an answer that cannot be read (rule 1), or
# whose keys belong to another contract of ours (rule 2), could make us cancel the
# wrong one. So their doubts outweigh any rejection. Past them the answer is surely
# about this proposal, and a business failure stays one whatever else is in doubt:
# no later finding can make a rate above the agreed one acceptable.
DECISIVE_DOUBTS: Final = frozenset({1, 2})


def sum_up(failures: Iterable[Failure]) -> Verdict:
    """Weigh the failures: doubt about whose answer, rejection, other doubt, none."""
    found = tuple(failures)
    grades = {failure.grade for failure in found}
    if any(failure.rule in DECISIVE_DOUBTS for failure in found):
        return Verdict(Grade.INCONCLUSIVE, found)
    if Grade.REJECT in grades:
        return Verdict(Grade.REJECT, found)
    return Verdict(Grade.INCONCLUSIVE if found else Grade.OK, found)


def reject(rule: int, code: Code, sentence: str) -> Failure:
    """A business failure: the contract cannot go on."""
    return Failure(code, rule, Grade.REJECT, sentence)


def doubt(rule: int, code: Code, sentence: str) -> Failure:
    """Something to find out before deciding."""
    return Failure(code, rule, Grade.INCONCLUSIVE, sentence)
