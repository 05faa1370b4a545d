"""Every place a contract may be in has words, also places that nobody foresaw."""

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from tests.browser import page_states as states
from tramita.portability.lifecycle import DEAD, ContractStatus, EnvelopeState, PortabilityStatus
from tramita.portability.page.presentation import STEPS, present
from tramita.portability.page.situations import (
    OTHER_PRODUCTS,
    PORTABILITY,
    STAGES,
    Group,
    Situation,
    situation_of,
)
from tramita.portability.page.view import Phase
from tramita.portability.ports import ConsentStatus, Stage

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
MARKS = {"done", "now", "todo", "bad", "unknown"}
SAID = [*Stage, "a_new_stage", None]


def of(status: str, **later: Any) -> Situation:
    return situation_of(states.portability("A", status=status, **later), today=TODAY)


class TestSituations:
    """The tables."""

    def test_exist_for_every_status(self) -> None:
        """No member of either enumeration is without words."""
        assert set(PortabilityStatus) == set(PORTABILITY)
        assert set(ContractStatus) == set(OTHER_PRODUCTS)

    def test_of_stages_are_about_stages_that_exist(self) -> None:
        """No pair has a word that nobody would ever say."""
        assert {stage for _, stage in STAGES} <= set(Stage)
        assert {status for status, _ in STAGES} <= set(PortabilityStatus)

    @pytest.mark.parametrize("found", [*PORTABILITY.values(), *STAGES.values()])
    def test_mark_every_step_of_the_route_or_none(self, found: Situation) -> None:
        """Four steps, each with a mark that has a look."""
        marks = found.marks.split()

        assert len(marks) in {0, len(STEPS)}
        assert set(marks) <= MARKS


class TestSituationOf:
    """Where one contract stands."""

    @pytest.mark.parametrize("status", [*PortabilityStatus, "A_NEW_STATUS"])
    @pytest.mark.parametrize("state", list(EnvelopeState))
    def test_has_words_for_whatever_the_database_may_hold(self, state: str, status: str) -> None:
        """Every stage, consent, doubt and envelope's state together: never a crash, never a brace."""
        contracts = []
        for stage, consent, (parked, conflict) in product(
            SAID, [*ConsentStatus, "a_new_word", None], product((True, False), repeat=2)
        ):
            contract = states.portability(
                f"{stage}-{consent}-{parked}-{conflict}",
                status=status,
                stage=stage,
                consent_status=consent,
                conflict="paid" if conflict else None,
                needs_attention=parked,
            )
            contracts.append(contract)

        view = present(replace(states.details(*contracts), state=state), now=NOON)

        shown = [one for group in view.groups for one in group.contracts]
        assert len(shown) == (len(contracts) if view.phase is Phase.READY else 0)
        assert all(one.lead and "{" not in one.lead for one in shown)
        assert {step.mark for one in shown for step in one.route} <= MARKS

    @pytest.mark.parametrize("status", [*ContractStatus, "A_NEW_STATUS"])
    def test_has_words_for_contracts_that_are_no_portability(self, status: str) -> None:
        """Other products too, and without a route."""
        found = situation_of(replace(states.benefit_card("A"), status=status), today=TODAY)

        assert ("", True) == (found.marks, bool(found.sentence))

    def test_tells_stages_apart_that_share_a_status(self) -> None:
        """The provider's stage says more than the status."""
        stamps = [
            of("AGUARDANDO_SALDO", stage=stage).stamp_text
            for stage in ("held", "submitted", "at_origin")
        ]

        assert 3 == len(set(stamps))

    def test_believes_the_status_when_the_stage_belongs_to_another(self) -> None:
        """A stage that runs ahead of the recorded status changes nothing."""
        assert PORTABILITY["AGUARDANDO_SALDO"] == of("AGUARDANDO_SALDO", stage="settling")

    @pytest.mark.parametrize(
        ("expires_on", "group"),
        [
            ("2026-11-22", Group.CONFIRM),
            ("2026-11-21", Group.UNDERWAY),
            (None, Group.CONFIRM),
        ],
    )
    def test_asks_for_the_consent_until_its_last_day(
        self, expires_on: str | None, group: Group
    ) -> None:
        """The last calendar day still counts, the day after is over."""
        found = of("AGUARDANDO_SALDO", consent_status="awaiting", consent_expires_on=expires_on)

        assert group is found.group

    @pytest.mark.parametrize("status", ["FORMALIZACAO_CLIENTE", "FINALIZADO", *sorted(DEAD)])
    def test_asks_for_no_consent_where_it_changes_nothing(self, status: str) -> None:
        """Before the signature and after the end there is nothing to confirm."""
        assert Group.CONFIRM is not of(status, consent_status="awaiting").group

    @pytest.mark.parametrize(
        ("known", "stamp"),
        [
            ({}, "Quitado"),
            ({"margin_registered_at": states.REGISTERED_AT}, "Concluído"),
            ({"margin_registered_at": states.REGISTERED_AT, "margin_errors": ["x"]}, "Concluído"),
            ({"margin_errors": ["x"]}, "Quitado, registro em conferência"),
        ],
    )
    def test_tells_whether_the_margin_is_registered(
        self, known: dict[str, Any], stamp: str
    ) -> None:
        """Paid is not the end: the new loan has to stand on the benefit."""
        found = of("FINALIZADO", **known)

        assert (stamp, Group.DONE) == (found.stamp_text, found.group)

    def test_puts_a_question_where_the_contract_stands(self) -> None:
        """What is in doubt keeps the steps that are behind it."""
        assert "done done done unknown" == of("AGUARDANDO_PAGAMENTO", conflict="paid").marks
        assert "done done unknown todo" == of("AGUARDANDO_SALDO", conflict="paid").marks

    @pytest.mark.parametrize("status", ["FINALIZADO", *sorted(DEAD)])
    def test_forgets_what_was_parked_once_it_is_over(self, status: str) -> None:
        """A question about an act that does not matter any more is not the client's."""
        contract = states.portability("A", status=status, needs_attention=True)

        assert PORTABILITY[status] == situation_of(contract, today=TODAY)

    def test_stays_calm_about_what_is_parked(self) -> None:
        """The client is told that nothing has to be done."""
        contract = states.portability("A", status="SALDO_RETORNADO", needs_attention=True)

        found = situation_of(contract, today=TODAY)

        assert Group.CHECKING is found.group
        assert "não precisa fazer nada" in found.sentence
