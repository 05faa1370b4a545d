from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.browser import page_states as states
from tramita.portability.lifecycle import ContractStatus, PortabilityStatus
from tramita.portability.page.presentation import present
from tramita.portability.page.view import FormalizationView, Phase
from tramita.portability.views import EnvelopeContractView, EnvelopeView

NOON = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
SPACE = "\N{NO-BREAK SPACE}"


def shown(*contracts: EnvelopeContractView) -> FormalizationView:
    return present(states.details(*contracts), now=NOON)


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


class TestPresentAContract:
    def contract(self, *details: EnvelopeContractView, at: int = 0) -> Any:
        return shown(*details).groups[0].contracts[at]

    def test_compares_today_with_afterwards(self) -> None:
        """Bars start at zero and the longer one is full, so lengths do not flatter."""
        chart = self.contract(states.portability("A", status="FORMALIZACAO_CLIENTE")).chart

        assert (100, 86, f"R${SPACE}250,00", f"R${SPACE}214,62") == (
            chart.before_width,
            chart.after_width,
            chart.before,
            chart.after,
        )

    def test_promises_only_what_is_true(self) -> None:
        """A higher instalment or a longer term is not called lower or unchanged."""
        financial = states.financial(
            installment_amount="260.00",
            number_of_installments=96,
            saving_per_month="-10.00",
            saving_total="-800.00",
        )
        details = states.portability("A", status="FORMALIZACAO_CLIENTE", financial=financial)

        contract = self.contract(details)

        assert ("Seu empréstimo sai do Banco Aurora.", None) == (contract.lead, contract.saving)

    def test_manages_without_the_origin(self) -> None:
        """Without the old loan the new terms stand alone."""
        details = states.portability("A", status="FORMALIZACAO_CLIENTE")
        details.origin = None

        contract = self.contract(details)

        assert (None, ()) == (contract.chart, contract.comparisons)
        assert ("Parcelas", f"80 de R${SPACE}214,62") in contract.facts

    def test_tells_a_parked_client_to_do_nothing(self) -> None:
        """A lost answer is the bank's matter, not the client's."""
        contract = self.contract(states.parked("A", bank="Banco Aurora"))

        assert "Em conferência" == contract.situation.stamp_text
        assert "não precisa fazer nada" in contract.lead

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            ("FORMALIZACAO_CLIENTE", "O contrato completo (CCB) está na página de assinatura"),
            ("AGUARDANDO_SALDO", "Para uma cópia do contrato assinado (CCB), fale com quem"),
        ],
    )
    def test_says_where_the_document_is(self, status: str, words: str) -> None:
        """A key of the provider's is no document; the client is told where to read it."""
        contract = self.contract(states.portability("A", status=status))

        assert contract.document is not None
        assert contract.document.startswith(words)

    def test_sends_no_client_to_a_door_that_is_not_there(self) -> None:
        """A card that this link cannot sign says who moves next, and is nobody's task here."""
        contract = self.contract(states.benefit_card("A"))

        assert ("Aguardando contato", "wait") == (
            contract.situation.stamp_text,
            contract.situation.stamp,
        )
        assert "entra em contato com você" in contract.lead

    def test_gives_reasons_but_no_offer_when_refused(self) -> None:
        """What will not happen is not advertised."""
        contract = self.contract(states.refused("A", bank="Banco Aurora", codes=("retained_a",)))

        assert (("O banco atual não liberou este contrato.",), None, None, None) == (
            contract.reasons,
            contract.chart,
            contract.signing_link,
            contract.document,
        )

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "data:text/html,x", "https://", "//evil.example", "", None]
    )
    def test_offers_no_link_that_is_not_a_web_address(self, url: str | None) -> None:
        """An address from outside never becomes script in the client's page."""
        details = states.portability("A", status="FORMALIZACAO_CLIENTE", signature_url=url)

        assert self.contract(details).signing_link is None

    def test_says_where_the_signature_opens(self) -> None:
        """The client sees the host before going there."""
        link = self.contract(states.portability("A", status="FORMALIZACAO_CLIENTE")).signing_link

        assert "assina.example.com" == link.host

    @pytest.mark.parametrize(
        "status", [s for s in PortabilityStatus if s != "FORMALIZACAO_CLIENTE"]
    )
    def test_offers_the_signature_only_when_it_is_due(self, status: str) -> None:
        """Every other status has a sentence and no link to sign."""
        contract = self.contract(states.portability("A", status=status))

        assert contract.signing_link is None
        assert contract.lead
        assert "{" not in contract.lead

    @pytest.mark.parametrize("status", list(ContractStatus))
    def test_knows_every_status_of_other_products(self, status: str) -> None:
        """A contract that is no portability has words for each of its statuses."""
        contract = self.contract(replace(states.benefit_card("A"), status=status))

        assert ("Cartão benefício", ()) == (contract.title, contract.route)
        assert contract.lead

    def test_spells_out_a_product_it_does_not_know(self) -> None:
        """A new product reads as words, not as a code."""
        contract = self.contract(replace(states.benefit_card("A"), product="SEGURO_DE_VIDA"))

        assert "Seguro de vida" == contract.title

    @pytest.mark.parametrize(
        ("due_on", "words"),
        [
            ("2026-11-27", "saldo até sexta-feira, 27 de novembro."),
            (None, "saldo em até 5 dias úteis."),
            ("2026-11-20", "o prazo era sexta-feira, 20 de novembro. Continuamos"),
        ],
    )
    def test_says_until_when_the_origin_bank_answers(self, due_on: str | None, words: str) -> None:
        """A date in words; without one the rule; a day that has passed is admitted."""
        contract = self.contract(
            states.portability(
                "A", status="AGUARDANDO_SALDO", stage="at_origin", balance_due_on=due_on
            )
        )

        assert words in contract.lead.replace(SPACE, " ")

    def test_asks_for_the_consent_with_its_last_day(self) -> None:
        """The calendar day and how long that is, only while it is awaited."""
        contract = self.contract(*states.to_confirm().contracts)

        assert ("quarta-feira, 25 de novembro", "faltam 3 dias") == (
            contract.consent.until.replace(SPACE, " "),
            contract.consent.left,
        )

    @pytest.mark.parametrize(
        ("known", "words"),
        [
            ({"consent_status": "confirmed"}, "recebida"),
            ({"consent_status": "denied"}, "não autorizada"),
            ({"consent_status": "expired"}, "prazo encerrado"),
            ({"consent_status": "a_new_word"}, "em conferência"),
        ],
    )
    def test_tells_what_became_of_the_consent(self, known: dict[str, Any], words: str) -> None:
        """Once it was given or not there is nothing to confirm any more."""
        contract = self.contract(states.portability("A", status="AGUARDANDO_SALDO", **known))

        assert contract.consent is None
        assert ("Confirmação no Meu INSS", words) in contract.facts

    def test_shows_the_true_balance_beside_the_old_one(self) -> None:
        """What was assumed and what the origin bank says, in one line."""
        contract = self.contract(
            states.portability("A", status="SALDO_RETORNADO", final_balance="8734.10")
        )

        assert ("Saldo confirmado", f"R${SPACE}8.912,77", f"R${SPACE}8.734,10") in [
            (line.label, line.before, line.after) for line in contract.comparisons
        ]
        assert "Saldo devedor hoje" not in dict(contract.facts)

    def test_shows_an_instalment_that_was_lowered(self) -> None:
        """The new one is the one in the chart, and the old one stands beside it."""
        contract = self.contract(*states.being_paid().contracts, at=1)

        assert f"R${SPACE}210,31" == contract.chart.after
        assert ("Parcela recalculada", f"R${SPACE}214,62", f"R${SPACE}210,31") in [
            (line.label, line.before, line.after) for line in contract.comparisons
        ]

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ("disbursed", "dinheiro enviado para a sua conta"),
            ("canceled_permanently", "não foi adiante"),
            ("a_new_word", "em andamento"),
        ],
    )
    def test_follows_the_refinancing(self, said: str, words: str) -> None:
        """Every word of the provider, known or not, has one of ours."""
        contract = self.contract(
            states.portability("A", status="FINALIZADO", stage="paid", refinancing_status=said)
        )

        assert ("Refinanciamento", words) in contract.facts

    def test_speaks_of_the_old_loan_as_past_once_it_is_paid(self) -> None:
        """Today's instalment is the new one then."""
        contract = self.contract(states.portability("A", status="FINALIZADO"))

        assert ("Antes", "Agora") == contract.chart.labels

    def test_advises_who_was_stopped(self) -> None:
        """The reason comes with what the client may do; who goes on needs no advice."""
        stopped = self.contract(
            states.stopped("A", status="RETIDO", code="retained_contract_not_found")
        )
        going = self.contract(states.portability("B", status="AGUARDANDO_SALDO"))

        assert stopped.advice.startswith("Confira o banco e o número do contrato")
        assert going.advice is None

    @pytest.mark.parametrize(
        ("said", "has_hint"),
        [
            ("signer_link_clicked", True),
            ("signer_step_completed", True),
            ("signer_step_abandoned", True),
            ("a_new_word", False),
            (None, False),
        ],
    )
    def test_remembers_a_signature_that_was_begun(
        self, said: str | None, *, has_hint: bool
    ) -> None:
        """Who stopped half-way is told that the link still works."""
        contract = self.contract(
            states.portability("A", status="FORMALIZACAO_CLIENTE", signer_progress=said)
        )

        assert has_hint == (contract.hint is not None)
