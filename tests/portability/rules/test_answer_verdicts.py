"""What a provider's answer as a whole comes to."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.portability.examples import (
    ANSWER,
    PROPOSAL,
    PROPOSAL_KEY,
    TODAY,
)
from tests.portability.rules.test_answer import (
    WITH_REFINANCING,
    codes,
    verdict,
    with_terms,
)
from tramita.portability.ports import (
    Caps,
    CreditOperation,
    Installment,
    OfferedTerms,
    Policy,
    ProposalAnswer,
)
from tramita.portability.rules import Grade, validate_proposal


class TestTheVerdict:
    def test_doubts_whose_answer_it_is_before_rejecting_it(self) -> None:
        """A rejection cancels at the provider, and this key may be another contract's."""
        judged = verdict(replace(ANSWER, cpf="14950479032"), known_keys=frozenset({PROPOSAL_KEY}))

        assert Grade.INCONCLUSIVE is judged.grade

    def test_rejects_in_spite_of_other_doubts(self) -> None:
        """A missing document cannot make a fee acceptable."""
        judged = verdict(replace(with_terms(fees=Decimal(10)), stage=None))

        assert Grade.REJECT is judged.grade

    def test_can_be_stored_as_json(self) -> None:
        """Reasons are kept and shown as code, rule and sentence."""
        judged = verdict(with_terms(fees=Decimal("10.00")))

        assert {
            "grade": "reject",
            "failures": [
                {
                    "code": "fees_charged",
                    "rule": 13,
                    "grade": "reject",
                    "sentence": "The client would be charged 10.00 BRL of fees.",
                }
            ],
        } == msgspec.json.decode(msgspec.json.encode(judged))

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (
                with_terms(monthly_interest_rate=Decimal("0.0200")),
                "The portability's rate is 2 % a month, above the 1.67 % proposed.",
            ),
            (
                replace(ANSWER, cpf="14950479032"),
                "Sent for CPF •••.145.•••-••, answered for •••.504.•••-••.",
            ),
            (
                with_terms(issue_amount=Decimal("9200.00")),
                "9200.00 BRL would be lent for a balance of 8912.77 (± 44.56).",
            ),
        ],
    )
    def test_tells_the_figures_and_no_cpf(self, answer: ProposalAnswer, sentence: str) -> None:
        """A sentence can be acted on without opening the answer."""
        assert sentence in [failure.sentence for failure in verdict(answer).failures]

    def test_uses_the_caps_of_the_day(self) -> None:
        """A decree changes the cap from its day on, not before."""
        policy = Policy(
            caps=(
                Caps(date(2025, 1, 1), Decimal("0.0185"), 96),
                Caps(TODAY, Decimal("0.0160"), 72),
            )
        )

        judged = validate_proposal(PROPOSAL, ANSWER, policy=policy, today=TODAY)
        before = validate_proposal(PROPOSAL, ANSWER, policy=policy, today=date(2026, 11, 19))

        assert ["rate_above_cap", "term_above_cap"] == codes(judged)
        assert {"rate_above_cap", "term_above_cap"}.isdisjoint(codes(before))


AMOUNTS = st.decimals("-999999999", "999999999", places=2)


FRACTIONS = st.decimals("-0.49", "0.49", places=6)


TERMS_OF_ANY_KIND = st.builds(
    OfferedTerms,
    monthly_interest_rate=FRACTIONS,
    annual_interest_rate=AMOUNTS,
    monthly_cet=st.none() | FRACTIONS,
    annual_cet=st.none() | AMOUNTS,
    issue_amount=AMOUNTS,
    fees=AMOUNTS,
    disbursement_date=st.dates(),
    number_of_installments=st.integers(),
    installments=st.lists(
        st.builds(Installment, number=st.integers(), due_date=st.dates(), amount=AMOUNTS),
        max_size=4,
    ).map(tuple),
)


OPERATIONS = st.builds(CreditOperation, terms=TERMS_OF_ANY_KIND, final_disbursement_amount=AMOUNTS)


class TestAnyAnswer:
    @given(
        answer=st.builds(ProposalAnswer, portability=OPERATIONS, refinancing=st.none() | OPERATIONS)
    )
    def test_gets_a_verdict(self, answer: ProposalAnswer) -> None:
        """Whatever is readable can be judged: no rule stumbles over absurd figures."""
        assert Grade.OK is not verdict(answer, proposal=WITH_REFINANCING).grade
