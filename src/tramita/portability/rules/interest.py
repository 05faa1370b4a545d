"""Rules 6, 7 and 15: rates and the total effective cost (CET)."""

from collections.abc import Iterator
from decimal import Decimal

from tramita.portability.price import annual_rate
from tramita.portability.rules.case import Case
from tramita.portability.rules.verdict import Code, Failure, doubt, reject


def has_no_higher_rate(case: Case) -> Iterator[Failure]:
    """Rule 6: at most the rate proposed, the origin's rate and the legal cap."""
    cap = case.policy.caps_on(case.today).monthly_interest_rate
    for part in case.parts():
        rate = part.offered.monthly_interest_rate
        limits = [
            (Code.RATE_ABOVE_PROPOSED, part.asked.monthly_interest_rate, "proposed"),
            (Code.RATE_ABOVE_CAP, cap, "allowed by the cap"),
        ]
        if not part.is_refinancing:
            origin = case.proposal.origin.monthly_interest_rate
            limits.insert(1, (Code.RATE_ABOVE_ORIGIN, origin, "paid at the origin bank"))
        for code, limit, words in limits:
            if rate > limit + case.policy.rate_tolerance:
                sentence = (
                    f"The {part.name}'s rate is {percent(rate)} a month, "
                    f"above the {percent(limit)} {words}."
                )
                yield reject(6, code, sentence)


def has_rates_that_agree(case: Case) -> Iterator[Failure]:
    """Rule 7: the annual rate is the monthly one compounded; guards against unit slips."""
    for part in case.parts():
        monthly, annual = part.offered.monthly_interest_rate, part.offered.annual_interest_rate
        compounded = annual_rate(monthly)
        if monthly <= 0 or abs(annual - compounded) > case.policy.annual_rate_tolerance:
            sentence = (
                f"The {part.name}'s rate of {percent(monthly)} a month makes "
                f"{percent(compounded)} a year, not {percent(annual)}."
            )
            yield doubt(7, Code.RATES_DISAGREE, sentence)


def has_a_cet_above_its_rate(case: Case) -> Iterator[Failure]:
    """Rule 15: both CETs are disclosed, and no cost is below the bare interest."""
    for part in case.parts():
        offered = part.offered
        if offered.monthly_cet is None or offered.annual_cet is None:
            sentence = f"The {part.name}'s total effective cost (CET) is not stated."
            yield doubt(15, Code.CET_MISSING, sentence)
            continue
        pairs = (
            ("monthly", offered.monthly_cet, offered.monthly_interest_rate),
            ("annual", offered.annual_cet, offered.annual_interest_rate),
        )
        for period, cet, rate in pairs:
            if cet < rate - case.policy.cet_tolerance:
                sentence = (
                    f"The {part.name}'s {period} CET of {percent(cet)} is below "
                    f"its rate of {percent(rate)}."
                )
                yield doubt(15, Code.CET_BELOW_RATE, sentence)


def percent(fraction: Decimal) -> str:
    """A fraction as the sentences show it: ``1.67 %``."""
    return f"{fraction * 100:.4f}".rstrip("0").rstrip(".") + " %"
