"""What an answer of the service means, whatever was known before."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.signatures.lifecycle import LIFECYCLE, SUBMITTED, SigningState, SigningTrigger
from tramita.signatures.ports import Party, ProcedureStatus, Signature, SignatureState
from tramita.signatures.rules import what_follows

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNNING = SignatureState(ProcedureStatus.RUNNING)
HALF = replace(RUNNING, student=Signature(NOW - timedelta(hours=2), "zoe@learners.example"))
WHOLE = replace(
    HALF,
    status=ProcedureStatus.FINISHED,
    organization=Signature(NOW - timedelta(hours=1), "olga@school.example"),
)
NO = replace(HALF, status=ProcedureStatus.REFUSED, refused_by=Party.ORGANIZATION)
SAID = st.builds(
    SignatureState,
    st.sampled_from(ProcedureStatus),
    st.sampled_from([None, HALF.student, Signature()]),
    st.sampled_from([None, WHOLE.organization, Signature()]),
    st.sampled_from([None, *Party]),
)


def follow(state: SigningState, *said: SignatureState) -> SigningState:
    """Where it comes to stand when this is said, one after the other."""
    for one in said:
        if state not in SUBMITTED:
            return state
        for step in what_follows(state, one, now=NOW, is_over=False):
            state = LIFECYCLE.next(state, step.trigger)
    return state


class TestWhatFollows:
    @pytest.mark.parametrize("said", list(itertools.permutations([RUNNING, HALF, WHOLE])))
    def test_leads_to_the_same_end_in_any_order(self, said: tuple[SignatureState, ...]) -> None:
        """What was known before never takes a signature back."""
        assert SigningState.SIGNED is follow(SigningState.SIGNING, *said, *said)

    def test_takes_dates_from_the_service_once(self) -> None:
        """Said again it changes nothing, and no date is rewritten."""
        first, second = what_follows(SigningState.SIGNING, WHOLE, now=NOW, is_over=False)

        assert {"student_signed_on": NOW - timedelta(hours=2)} == first.written
        assert {
            "organization_signed_on": NOW - timedelta(hours=1),
            "organization_signatory": "olga@school.example",
        } == second.written
        assert [] == what_follows(SigningState.HALF_SIGNED, HALF, now=NOW, is_over=False)

    def test_lets_nobody_sign_in_the_future(self) -> None:
        """A service's clock may be ahead of ours."""
        ahead = replace(RUNNING, student=Signature(NOW + timedelta(days=1)))

        [step] = what_follows(SigningState.SIGNING, ahead, now=NOW, is_over=False)

        assert {"student_signed_on": NOW} == step.written

    def test_never_takes_the_organization_for_the_student(self) -> None:
        """Where only the organization is said to have signed, nothing follows."""
        odd = replace(WHOLE, status=ProcedureStatus.RUNNING, student=None)

        assert [] == what_follows(SigningState.SIGNING, odd, now=NOW, is_over=False)

    @pytest.mark.parametrize(
        ("said", "is_over", "trigger"),
        [
            (NO, False, SigningTrigger.REFUSE),
            (replace(HALF, status=ProcedureStatus.EXPIRED), False, SigningTrigger.EXPIRE),
            (HALF, True, SigningTrigger.EXPIRE),
        ],
    )
    def test_ends_what_nobody_signs(
        self, said: SignatureState, is_over: bool, trigger: SigningTrigger
    ) -> None:
        """Refused there, over there, or over by our own clock; with a sentence why."""
        [step] = what_follows(SigningState.HALF_SIGNED, said, now=NOW, is_over=is_over)

        assert (trigger, True) == (step.trigger, bool(step.why))

    def test_lets_a_signature_count_that_came_in_time(self) -> None:
        """Learnt of after the time was over, it is one all the same."""
        steps = what_follows(SigningState.SIGNING, WHOLE, now=NOW, is_over=True)

        assert SigningTrigger.ORGANIZATION_SIGNS is steps[-1].trigger

    @given(state=st.sampled_from(sorted(SUBMITTED)), said=SAID)
    def test_is_always_a_way_of_the_life_cycle(
        self, state: SigningState, said: SignatureState
    ) -> None:
        """Whatever a service says; and the organization's signature is never there alone."""
        steps = what_follows(state, said, now=NOW, is_over=False)

        for step in steps:
            state = LIFECYCLE.next(state, step.trigger)
        if SigningState.SIGNED is state:
            assert said.organization is not None
