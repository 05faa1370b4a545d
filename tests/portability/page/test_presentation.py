from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tests.browser import page_states as states
from tramita.portability.page.presentation import present
from tramita.portability.page.view import Phase
from tramita.portability.views import EnvelopeView

NOON = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
SPACE = "\N{NO-BREAK SPACE}"


class TestPresentBeforeTheDetails:
    def test_says_that_no_link_was_requested(self) -> None:
        """Before any request the page waits and has no progress."""
        view = present(states.not_requested(), now=NOON)

        assert (Phase.WAITING, None) == (view.phase, view.progress)

    def test_counts_while_a_run_goes(self) -> None:
        """The run's progress is the progress shown, and the page reloads often."""
        view = present(states.loading(3, 5), now=NOON)

        assert view.progress is not None
        assert (Phase.LOADING, 3, 5, 5) == (
            view.phase,
            view.progress.done,
            view.progress.total,
            view.refresh_seconds,
        )

    def test_tells_the_time_of_brasilia(self) -> None:
        """15:00 UTC is noon in Brasília."""
        assert "12:00" == present(states.loading(), now=NOON).rendered_at


class TestPresentAnEnvelope:
    def test_puts_what_the_client_must_do_first(self) -> None:
        """Groups stand in order of urgency, whatever the order of the contracts."""
        view = present(states.mixed(), now=NOON)

        assert [
            ("Para assinar agora", ["A-0001", "A-0003"]),
            ("Em conferência", ["A-0005"]),
            ("Para formalizar com atendimento", ["A-0002"]),
            ("Não foram adiante", ["A-0004"]),
        ] == [(group.title, [one.number for one in group.contracts]) for group in view.groups]

    def test_counts_what_is_ready_and_tells_the_rest(self) -> None:
        """The heading counts what can be signed, the line below accounts for all others."""
        view = present(states.mixed(), now=NOON)

        assert "2 contratos prontos para assinar" == view.heading
        assert (
            "Os outros 3: 1 em conferência, 1 para formalizar com atendimento, 1 não foi adiante."
            == view.lead
        )

    def test_sums_only_savings_that_can_still_come(self) -> None:
        """A refused contract saves nothing, although an offer was calculated for it."""
        view = present(states.mixed(), now=NOON)

        assert view.saving is not None
        assert (f"R${SPACE}70,76", f"R${SPACE}5.660,80") == (
            view.saving.per_month,
            view.saving.total,
        )

    @pytest.mark.parametrize(
        ("details", "heading"),
        [
            (states.all_parked(), "Estamos conferindo com o banco"),
            (states.all_refused(), "Nenhum contrato foi adiante"),
            (states.underway(), "Seus contratos estão em andamento"),
            (
                states.details(states.benefit_card("A")),
                "Quem enviou o link vai entrar em contato com você",
            ),
            (
                states.details(
                    states.portability(
                        "A", status="FINALIZADO", margin_registered_at=states.REGISTERED_AT
                    )
                ),
                "Tudo concluído",
            ),
            (states.paid(), "Tudo quitado"),
            (states.done_in_part(), "2 contratos concluídos"),
            (states.to_confirm(), "Falta sua confirmação no Meu INSS"),
            (states.ended(), "Nenhum contrato foi adiante"),
            (states.expired_in_part(), "Seu contrato está em andamento"),
        ],
    )
    def test_is_headed_by_the_most_urgent_thing(self, details: EnvelopeView, heading: str) -> None:
        """Without anything to sign, the heading says what there is."""
        assert heading == present(details, now=NOON).heading

    def test_shows_nothing_to_sign_once_cancelled(self) -> None:
        """A cancelled envelope has neither contracts nor a reload."""
        view = present(states.cancelled(), now=NOON)

        assert (Phase.CANCELLED, (), None) == (view.phase, view.groups, view.refresh_seconds)

    def test_says_until_when_an_expired_link_was_good(self) -> None:
        """An envelope that nobody signed tells its last day, and how to get another."""
        view = present(states.expired(), now=NOON)

        assert (Phase.EXPIRED, (), None) == (view.phase, view.groups, view.refresh_seconds)
        assert f"sexta-feira, 20{SPACE}de{SPACE}novembro" in view.lead
        assert "peça um link novo" in view.lead

    @pytest.mark.parametrize("state", ["cancelled", "expired"])
    def test_goes_on_with_what_was_signed_in_time(self, state: str) -> None:
        """The end of an envelope ends only what was not signed."""
        details = replace(states.expired_in_part(), state=state)

        view = present(details, now=NOON)

        assert (Phase.READY, ["Em andamento", "Não foram adiante"]) == (
            view.phase,
            [group.title for group in view.groups],
        )

    def test_offers_nothing_to_sign_in_a_closed_envelope(self) -> None:
        """Whatever a contract's row still says, a link that has ended signs nothing."""
        signed = states.portability("A", status="AGUARDANDO_SALDO")
        unsigned = states.portability("B", status="FORMALIZACAO_CLIENTE")
        details = replace(
            states.details(signed, unsigned, states.benefit_card("C")), state="expired"
        )

        stopped = present(details, now=NOON).groups[-1].contracts

        assert [("Não foi assinado", None), ("Cancelado", None)] == [
            (one.situation.stamp_text, one.signing_link) for one in stopped
        ]

    def test_signs_all_contracts_of_a_group_by_one_link(self) -> None:
        """The provider's group has one link; only what is to be signed gets it."""
        details = states.grouped()
        details.contracts.append(states.portability("S", status="AGUARDANDO_SALDO"))

        groups = present(details, now=NOON).groups

        assert [("Para assinar agora", states.GROUP), ("Em andamento", None)] == [
            (group.title, group.signing_link and group.signing_link.url) for group in groups
        ]

    def test_says_until_when_the_client_may_sign(self) -> None:
        """Only while there is something to sign."""
        day = f"sexta-feira, 18{SPACE}de{SPACE}dezembro"

        assert [day, None] == [
            present(details, now=NOON).sign_until for details in (states.mixed(), states.paid())
        ]

    def test_says_that_a_bank_is_slow(self) -> None:
        """A run that waits for a question about a lost answer does not seem stuck."""
        view = present(states.loading(is_asked_about=True), now=NOON)

        assert view.lead.startswith("A resposta do banco está demorando")

    def test_names_who_is_judged_and_shows_who_is_ready(self) -> None:
        """While a run goes nobody who is ready waits for the others, and each has its name."""
        view = present(states.running(), now=NOON)

        assert (Phase.LOADING, [["A-0001"], ["A-0005"]]) == (
            view.phase,
            [[one.number for one in group.contracts] for group in view.groups],
        )
        assert view.groups[0].contracts[0].signing_link is not None
        assert [
            ("A-0002", "Portabilidade da Caixa do Vale", "Em análise"),
            ("A-0003", "Portabilidade do Banco Horizonte", "Em análise"),
            ("A-0004", "Portabilidade do Banco Serra Azul", "Em conferência"),
        ] == [(one.number, one.title, one.stamp_text) for one in view.preparing]

    def test_does_not_call_everything_done_beside_what_ended(self) -> None:
        """The line below the heading tells what did not go through."""
        assert "O outro: não foi adiante." == present(states.done_in_part(), now=NOON).lead
