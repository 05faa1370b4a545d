"""The client reads who lends, and how to reach them."""

from datetime import UTC, datetime

import pytest

from tests.browser import page_states as states
from tramita.portability.lender import DEMO_LENDER
from tramita.portability.page.lender import Lender
from tramita.portability.page.presentation import present

NOON = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


class TestPresentTheLender:
    """Whoever asks for a signature is named."""

    @pytest.mark.parametrize(
        ("name", "sender", "to_sender"),
        [
            ("", "quem enviou o link", "a quem enviou o link"),
            ("Banco Exemplo", "o Banco Exemplo", "ao Banco Exemplo"),
            ("Caixa do Vale", "a Caixa do Vale", "à Caixa do Vale"),
        ],
    )
    def test_names_it_in_every_sentence_that_sends_the_client_to_it(
        self, name: str, sender: str, to_sender: str
    ) -> None:
        """With its article and its preposition; without a name it is whoever sent the link."""
        said = Lender(name=name).say("{Sender}: fale com {sender}, peça {to_sender}.")

        assert said == (f"{sender[0].upper()}{sender[1:]}: fale com {sender}, peça {to_sender}.")

    @pytest.mark.parametrize("state", list(states.ALL))
    def test_leaves_nobody_to_guess_who_it_is(self, state: str) -> None:
        """No sentence of any face of the page speaks of whoever sent the link."""
        view = present(states.ALL[state], now=NOON, lender=DEMO_LENDER.lender)

        shown = [one for group in view.groups for one in group.contracts]
        said = [view.heading, view.lead]
        said += [word for one in shown for word in (one.lead, one.advice, one.document) if word]
        assert [] == [word for word in said if "enviou o link" in word or "{" in word]

    def test_says_from_which_bank_to_which(self) -> None:
        """The client reads where the loan goes."""
        details = states.details(states.portability("A", status="FORMALIZACAO_CLIENTE"))

        view = present(details, now=NOON, lender=DEMO_LENDER.lender)

        assert (
            view.groups[0]
            .contracts[0]
            .lead.startswith(
                "Seu empréstimo passa do Banco Aurora para o Banco Exemplo, com parcela menor."
            )
        )

    def test_offers_every_way_to_reach_it(self) -> None:
        """Telephone numbers can be dialled, WhatsApp opens; what is not known is left out."""
        lender = Lender(name="B", phone="0800 123 4567", whatsapp="(11) 91234-5678")

        assert [
            ("Telefone", "0800 123 4567", "tel:08001234567"),
            ("WhatsApp", "(11) 91234-5678", "https://wa.me/5511912345678"),
        ] == [(one.label, one.shown, one.address) for one in lender.channels]
