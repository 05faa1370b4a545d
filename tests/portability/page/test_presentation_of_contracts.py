"""How one contract is shown to its client."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.browser import page_states as states
from tests.portability.page.test_presentation import NOON, SPACE
from tramita.portability.lifecycle import ContractStatus, PortabilityStatus
from tramita.portability.page.presentation import present
from tramita.portability.page.view import FormalizationView
from tramita.portability.views import EnvelopeContractView


def shown(*contracts: EnvelopeContractView) -> FormalizationView:
    return present(states.details(*contracts), now=NOON)


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
