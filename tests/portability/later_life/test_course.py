"""What news mean for a contract: the table of decisions, and that order does not matter."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, permutations
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.portability.later_life.course import Effect, Judgement, Standing, judge
from tramita.portability.later_life.stages import ENDS, STATUS_OF_STAGE, is_end
from tramita.portability.lifecycle import PORTABILITY, PortabilityStatus, PortabilityTrigger
from tramita.portability.ports import (
    DECLINED,
    Consent,
    ConsentStatus,
    Margin,
    News,
    Stage,
    StopReason,
)
from tramita.portability.reasons import Reason

KEY: Final = UUID("0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a01")
# A Wednesday; the Friday after it is a national holiday.
AT: Final = datetime(2026, 11, 18, 15, tzinfo=UTC)
OFFERED: Final = Standing(PortabilityStatus.FORMALIZACAO_CLIENTE, Stage.OFFERED, "created", AT)

P, T, S = PortabilityStatus, PortabilityTrigger, Stage
STOP: Final = StopReason("issuer_retention", "The client stays")
OWN: Final = StopReason("income", "A renda do CPF 165.145.480-91 não basta.", is_lenders_own=True)


def news(stage: Stage | None = None, *, minutes: int = 1, **said: object) -> News:
    """One message so many minutes after the offer."""
    return replace(News(KEY, AT + timedelta(minutes=minutes), str(stage), stage), **said)  # type: ignore[arg-type]


def standing(stage: Stage, status: PortabilityStatus | None = None) -> Standing:
    """A contract that has heard of ``stage``, and is ``status`` here for another reason."""
    return replace(OFFERED, stage=stage, status=status or STATUS_OF_STAGE[stage])


def told(*messages: News, before: Standing = OFFERED) -> Standing:
    """Where a contract stands after messages in this order."""
    for one in messages:
        before = judge(before, one).standing
    return before


class TestStages:
    @pytest.mark.parametrize(
        ("before", "stage", "effect", "status"),
        [
            (S.OFFERED, S.OFFERED, Effect.KNOWN, P.FORMALIZACAO_CLIENTE),
            (S.OFFERED, S.HELD, Effect.APPLIED, P.AGUARDANDO_SALDO),
            (S.HELD, S.SUBMITTED, Effect.APPLIED, P.AGUARDANDO_SALDO),
            (S.SUBMITTED, S.HELD, Effect.LATE, P.AGUARDANDO_SALDO),
            (S.OFFERED, S.PAID, Effect.APPLIED, P.FINALIZADO),
            (S.OFFERED, S.RETAINED, Effect.APPLIED, P.RETIDO),
            (S.AT_ORIGIN, S.REJECTED, Effect.APPLIED, P.CANCELADO),
            (S.SETTLING, S.CANCELED, Effect.APPLIED, P.CANCELADO),
            (S.BALANCE_RETURNED, S.RETAINED, Effect.CONFLICT, P.SALDO_RETORNADO),
            (S.RETAINED, S.BALANCE_RETURNED, Effect.CONFLICT, P.RETIDO),
            (S.PAID, S.SETTLING, Effect.LATE, P.FINALIZADO),
            (S.PAID, S.RETAINED, Effect.CONFLICT, P.FINALIZADO),
            (S.CANCELED, S.PAID, Effect.CONFLICT, P.CANCELADO),
        ],
    )
    def test_move_the_portability(
        self, before: Stage, stage: Stage, effect: Effect, status: PortabilityStatus
    ) -> None:
        """Forward through every arrow; backward and sideways nothing moves."""
        judged = judge(standing(before), news(stage))

        assert (effect, status) == (judged.effect, judged.standing.status)
        assert (effect is Effect.CONFLICT) == (judged.standing.conflict is not None)

    def test_that_were_skipped_are_walked_through(self) -> None:
        """A lost webhook does no harm: each arrow gets its row of history."""
        judged = judge(OFFERED, news(S.PAID))

        assert (T.SIGN, T.RETURN_BALANCE, T.ACCEPT_BALANCE, T.PAY) == judged.triggers

    @pytest.mark.parametrize("before", [OFFERED, standing(S.AT_ORIGIN), standing(S.SETTLING)])
    @pytest.mark.parametrize("stage", list(Stage))
    def test_lead_where_their_triggers_lead(self, before: Standing, stage: Stage) -> None:
        """What is written is what was decided: the table has every arrow that is taken."""
        judged = judge(before, news(stage))

        status = before.status
        for trigger in judged.triggers:
            status = PORTABILITY.next(status, trigger)
        assert status == judged.standing.status

    def test_nobody_has_decided_about_move_nothing(self) -> None:
        """A new word of the vendor is shown as it came, until somebody decides."""
        judged = judge(OFFERED, news(said="pending_moon", is_recognized=False))

        assert replace(OFFERED, stage_said="pending_moon") == judged.standing
        assert (Effect.UNRECOGNIZED, ()) == (judged.effect, judged.triggers)

    @pytest.mark.parametrize(
        ("first", "second"), [(S.PAID, S.RETAINED), (S.CANCELED, S.PAID), (S.REJECTED, S.RETAINED)]
    )
    def test_that_contradict_are_named_alike_whoever_comes_first(
        self, first: Stage, second: Stage
    ) -> None:
        """Who decides later must not have to guess which order they came in."""
        one = told(news(first), news(second)).conflict
        other = told(news(second), news(first)).conflict

        assert one is not None
        assert one == other

    @pytest.mark.parametrize("last", [S.SETTLING, S.PAID, S.CANCELED])
    def test_on_the_way_do_not_stand_in_a_conflict(self, last: Stage) -> None:
        """What was passed is no side: else the conflict would depend on who came first."""
        road = [news(S.AT_ORIGIN), news(S.BALANCE_RETURNED), news(S.SETTLING), news(last)]
        lie = news(S.RETAINED)

        first, afterwards = told(lie, *road).conflict, told(*road, lie).conflict

        assert first == afterwards
        assert first is not None
        assert {f"{last} there", "retained there"} == set(first.split(" / "))

    def test_count_the_origin_banks_days_by_the_calendar(self) -> None:
        """Five business days from a Wednesday, across the holiday of Friday the 20th."""
        assert date(2026, 11, 26) == told(news(S.AT_ORIGIN)).balance_due_on


class TestDeadContract:
    @pytest.mark.parametrize(
        ("stage", "is_unwanted"),
        [(S.HELD, True), (S.BALANCE_RETURNED, True), (S.SETTLING, False), (S.PAID, False)],
    )
    def test_whose_proposal_lives_is_a_conflict(self, stage: Stage, *, is_unwanted: bool) -> None:
        """Its proposal is cancelled there, unless the money is moving: that needs a person."""
        judged = judge(standing(S.OFFERED, P.CANCELADO), news(stage))

        assert (Effect.CONFLICT, P.CANCELADO) == (judged.effect, judged.standing.status)
        assert f"CANCELADO here / {stage} there" == judged.standing.conflict
        assert is_unwanted == (judged.unwanted is not None)

    @pytest.mark.parametrize("stage", [S.CANCELED, S.REJECTED, S.RETAINED])
    def test_whose_proposal_ends_is_as_it_should_be(self, stage: Stage) -> None:
        """We asked for the end: it is no news to the client."""
        judged = judge(standing(S.OFFERED, P.REPROVADO), news(stage))

        assert (Effect.APPLIED, P.REPROVADO, stage, ()) == (
            judged.effect,
            judged.standing.status,
            judged.standing.stage,
            judged.standing.reasons,
        )


class TestReasons:
    @pytest.mark.parametrize(
        ("stage", "stop", "code"),
        [
            (S.RETAINED, STOP, "retained_issuer_retention"),
            (S.RETAINED, StopReason("moon_phase", "?"), "retained_moon_phase"),
            (S.RETAINED, None, "retained_unknown"),
            (S.REJECTED, StopReason("ECTC0023", "?"), "rejected_ECTC0023"),
            (S.REJECTED, OWN, "lender_income"),
            (S.CANCELED, OWN, "lender_income"),
            (S.CANCELED, None, "canceled_by_provider"),
            (S.CANCELED, StopReason(DECLINED, "?"), "declined_by_client"),
        ],
    )
    def test_keep_the_vendors_code(self, stage: Stage, stop: StopReason | None, code: str) -> None:
        """Whoever explains it to the client decides about codes; none is lost here."""
        assert [code] == [one.code for one in told(news(stage, stop=stop)).reasons]

    def test_of_the_lender_s_own_are_in_its_words(self) -> None:
        """Without what nobody may read in them."""
        [reason] = told(news(S.REJECTED, stop=OWN)).reasons

        assert "A renda do CPF •••.145.•••-•• não basta." == reason.sentence

    def test_are_completed_by_what_is_learnt_later(self) -> None:
        """A first message without the reason does not hide it for ever."""
        known = told(news(S.RETAINED), news(S.RETAINED, minutes=2, stop=STOP))

        assert ["retained_issuer_retention"] == [one.code for one in known.reasons]

    def test_of_the_consent_outweigh_the_bare_cancellation(self) -> None:
        """The provider cancels because of the consent, and may say so in either order."""
        denied = news(consent=Consent(ConsentStatus.DENIED, None))
        canceled = news(S.CANCELED, minutes=2)

        either = [told(denied, canceled), told(canceled, denied)]

        assert [["consent_denied"]] * 2 == [[r.code for r in one.reasons] for one in either]


class TestConsent:
    @pytest.mark.parametrize("status", [ConsentStatus.DENIED, ConsentStatus.EXPIRED])
    def test_refused_ends_it(self, status: ConsentStatus) -> None:
        """Without the beneficiary's word nothing may go on: cancelled here and there."""
        judged = judge(standing(S.AT_ORIGIN), news(consent=Consent(status, None)))

        assert (P.CANCELADO, (T.CANCEL,)) == (judged.standing.status, judged.triggers)
        assert [f"consent_{status}"] == [one.code for one in judged.standing.reasons]
        assert judged.unwanted is not None

    def test_refused_is_no_contradiction_to_what_was_before_it(self) -> None:
        """The stages that led to it are heard in any order, and none is a life after the end."""
        way = [
            news(S.SUBMITTED, minutes=1),
            news(S.AT_ORIGIN, minutes=2),
            news(minutes=2, consent=Consent(ConsentStatus.DENIED, None)),
        ]

        ends = [told(*order) for order in permutations(way)]

        assert [told(*way)] * 6 == ends
        assert (S.AT_ORIGIN, P.CANCELADO, None) == (ends[0].stage, ends[0].status, ends[0].conflict)

    def test_refused_contradicts_a_life_that_goes_on(self) -> None:
        """A stage reached after the refusal: the proposal has to go, and somebody to look."""
        denied = told(news(minutes=1, consent=Consent(ConsentStatus.DENIED, None)))

        judged = judge(denied, news(S.AT_ORIGIN, minutes=2))

        assert "CANCELADO here / at_origin there" == judged.standing.conflict
        assert judged.unwanted is not None

    def test_refused_when_money_moves_needs_a_person(self) -> None:
        """Money that is on its way cannot be called back."""
        judged = judge(standing(S.SETTLING), news(consent=Consent(ConsentStatus.EXPIRED, None)))

        assert "AGUARDANDO_PAGAMENTO here / consent expired" == judged.standing.conflict
        assert (P.AGUARDANDO_PAGAMENTO, None) == (judged.standing.status, judged.unwanted)

    def test_ends_on_the_calendar_day_it_was_given(self) -> None:
        """Saturday stays Saturday: consent counts calendar days, holidays included."""
        saturday = date(2026, 11, 21)
        awaiting = news(consent=Consent(ConsentStatus.AWAITING, saturday))

        assert saturday == told(awaiting).consent_expires_on

    def test_that_contradicts_itself_is_a_conflict(self) -> None:
        """Confirmed and denied cannot both be true."""
        known = told(
            news(consent=Consent(ConsentStatus.CONFIRMED, None)),
            news(minutes=2, consent=Consent(ConsentStatus.DENIED, None)),
        )

        assert "consent confirmed / consent denied" == known.conflict
        assert P.FORMALIZACAO_CLIENTE == known.status


class TestFacts:
    def test_of_late_news_fill_only_what_is_empty(self) -> None:
        """A balance told twice is the last one told; a late one only better than none."""
        late = news(S.BALANCE_RETURNED, final_balance=Decimal("4990.00"), portability_number="1")
        known = told(news(S.BALANCE_ACCEPTED, minutes=2, final_balance=Decimal("5000.00")), late)

        assert (Decimal("5000.00"), "1") == (known.final_balance, known.portability_number)

    def test_that_repeat_change_nothing(self) -> None:
        """A poll that learns nothing tells nobody anything."""
        known = news(S.AT_ORIGIN, portability_number="1")
        once = judge(OFFERED, known).standing

        assert Judgement(once, Effect.KNOWN) == judge(once, known)

    def test_about_the_margin_end_with_its_registration(self) -> None:
        """The last word on the errors counts, whenever it comes; registered stays registered."""
        failed = news(margin=Margin(is_registered=False, errors=("margin_exceeded",)))
        done = news(minutes=9, margin=Margin(is_registered=True))

        for known in (told(failed, done), told(done, failed)):
            assert (AT + timedelta(minutes=9), ()) == (
                known.margin_registered_at,
                known.margin_errors,
            )


@st.composite
def valid_lives(draw: st.DrawFn) -> list[News]:
    """What a provider may truthfully say of one proposal, in the order in which it happens."""
    line = [S.OFFERED, *([S.HELD] * draw(st.booleans())), S.SUBMITTED, S.AT_ORIGIN]
    consent = draw(st.sampled_from([ConsentStatus.CONFIRMED, ConsentStatus.EXPIRED, None]))
    ends = [S.RETAINED, S.REJECTED, S.CANCELED]
    is_paid = consent is not ConsentStatus.EXPIRED and draw(st.booleans())
    end = S.PAID if is_paid else draw(st.sampled_from([*ends, None]))
    rest = [S.BALANCE_RETURNED, S.BALANCE_ACCEPTED, S.SETTLING, S.CONFIRMING]
    if end is S.PAID:
        line += rest
    elif end in (S.CANCELED, None):
        line += rest[: draw(st.integers(0, 4))]
    stages = [*line, *([end] if end else [])]
    said = [news(one, **_facts(one)) for one in stages]
    if consent:
        where = draw(st.integers(3, len(said)))
        if consent is ConsentStatus.EXPIRED:
            # Without consent, only an end may follow.
            said[where:] = [one for one in said[where:] if one.stage in ENDS]
        said.insert(where, news(consent=Consent(consent, date(2026, 11, 23))))
        said.insert(
            draw(st.integers(3, where)),
            news(consent=Consent(ConsentStatus.AWAITING, date(2026, 11, 23))),
        )
    if end is S.PAID:
        said += [news(margin=Margin(is_registered=False, errors=("e",)))] * draw(st.booleans())
        said += [news(margin=Margin(is_registered=True))] * draw(st.booleans())
    return [replace(one, happened_at=AT + timedelta(hours=n)) for n, one in enumerate(said)]


def _where(standing: Standing) -> Standing:
    """Where a contract stands, whatever was found to say about the way there."""
    return replace(standing, reasons=(), conflict=None)


def _facts(stage: Stage) -> dict[str, Any]:
    match stage:
        case S.AT_ORIGIN:
            return {"portability_number": "202611180000000000001"}
        case S.BALANCE_RETURNED:
            return {"final_balance": Decimal("8900.00")}
        case S.RETAINED | S.REJECTED:
            return {"stop": STOP}
        case _:
            return {}


class TestOrder:
    @given(st.data())
    def test_does_not_matter(self, data: st.DataObject) -> None:
        """Any order, any repetition: the same end as told in order, or a conflict to see."""
        life = data.draw(valid_lives())
        again = data.draw(st.lists(st.sampled_from(life), max_size=6))
        mixed = data.draw(st.permutations([*life, *again]))

        in_order, as_came = told(*life), told(*mixed)

        assert _where(in_order) == _where(as_came) or as_came.conflict is not None

    @given(st.data())
    def test_of_what_moves_is_forward_only(self, data: st.DataObject) -> None:
        """No message takes an end back, or a contract from one end to another."""
        messages = data.draw(
            st.lists(st.builds(news, st.sampled_from(Stage), minutes=st.integers(0, 99)))
        )
        course = [OFFERED]
        for one in messages:
            course.append(judge(course[-1], one).standing)

        for before, after in pairwise(course):
            ended = before.stage is not None and is_end(before.stage)
            assert not ended or (before.stage, before.status) == (after.stage, after.status)

    def test_of_reasons_is_theirs(self) -> None:
        """The reasons that were there are not lost when the end brings another."""
        ours = replace(OFFERED, reasons=(Reason("parked", "Nobody knew."),))

        known = told(news(S.RETAINED, stop=STOP), before=ours)

        assert ["parked", "retained_issuer_retention"] == [one.code for one in known.reasons]
