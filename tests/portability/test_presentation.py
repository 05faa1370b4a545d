from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.browser import page_states as states
from tramita.portability.formats import bank_with_article, brl, day, percent
from tramita.portability.presentation import FormalizationView, Phase, present
from tramita.portability.situations import OTHER_PRODUCTS, PORTABILITY

NOON = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
SPACE = "\N{NO-BREAK SPACE}"


def shown(*contracts: dict[str, Any]) -> FormalizationView:
    return present(states.details(*contracts), now=NOON)


class TestFormats:
    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            ("0", "0,00"),
            ("214.62", "214,62"),
            ("8912.7", "8.912,70"),
            ("1234567.895", "1.234.567,90"),
            ("-35.38", "-35,38"),
        ],
    )
    def test_write_money_as_brazil_does(self, amount: str, words: str) -> None:
        """A point for thousands, a comma for cents, half a cent rounded up."""
        assert f"R${SPACE}{words}" == brl(Decimal(amount))

    @pytest.mark.parametrize(
        ("fraction", "words"), [("0.0167", "1,67%"), ("0.2387", "23,87%"), ("12.5", "1.250,00%")]
    )
    def test_write_fractions_as_percent(self, fraction: str, words: str) -> None:
        """Fractions become percent with two decimals."""
        assert words == percent(Decimal(fraction))

    def test_write_dates_day_first(self) -> None:
        """Day, month, year."""
        assert "07/01/2027" == day("2027-01-07")

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("Banco Aurora", "o Banco Aurora"),
            ("Caixa do Vale", "a Caixa do Vale"),
            (None, "o banco de origem"),
        ],
    )
    def test_give_a_bank_its_article(self, name: str | None, words: str) -> None:
        """Banks are masculine, a Caixa is feminine, an unknown one is the bank of origin."""
        assert words == bank_with_article(name)


class TestPresentBeforeTheDetails:
    def test_says_that_no_link_was_requested(self) -> None:
        """Before any request the page waits and has no progress."""
        view = present(states.NOT_REQUESTED, now=NOON)

        assert (Phase.WAITING, None) == (view.phase, view.progress)

    def test_counts_while_a_run_goes(self) -> None:
        """The progress handed in is the progress shown, and the page reloads often."""
        view = present(states.RUNNING, now=NOON, progress=(3, 5))

        assert view.progress is not None
        assert (Phase.LOADING, 3, 5, 5) == (
            view.phase,
            view.progress.done,
            view.progress.total,
            view.refresh_seconds,
        )

    def test_does_not_invent_progress(self) -> None:
        """A run whose progress is not known is loading all the same."""
        view = present(states.RUNNING, now=NOON)

        assert (Phase.LOADING, None) == (view.phase, view.progress)

    def test_tells_the_time_of_brasilia(self) -> None:
        """15:00 UTC is noon in Brasília."""
        assert "12:00" == present(states.RUNNING, now=NOON).rendered_at


class TestPresentAnEnvelope:
    def test_puts_what_the_client_must_do_first(self) -> None:
        """Groups stand in order of urgency, whatever the order of the contracts."""
        view = present(states.mixed(), now=NOON)

        assert [
            ("Para assinar agora", ["A-0001", "A-0003"]),
            ("Prontos para formalizar", ["A-0002"]),
            ("Em conferência", ["A-0005"]),
            ("Não seguiram", ["A-0004"]),
        ] == [(title, [contract.number for contract in group]) for title, group in view.groups]

    def test_counts_what_is_ready_and_tells_the_rest(self) -> None:
        """The heading counts what can be signed, the line below accounts for all others."""
        view = present(states.mixed(), now=NOON)

        assert "2 contratos prontos para assinar" == view.heading
        assert (
            "De 5 contratos: 1 pronto para formalizar, 1 em conferência, 1 não seguiu." == view.lead
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
            (states.all_refused(), "Nenhum contrato pôde seguir"),
            (states.underway(), "Seus contratos estão em andamento"),
            (states.details(states.benefit_card("A")), "1 contrato pronto para formalizar"),
            (
                states.details(states.portability("A", status="FINALIZADO")),
                "Tudo concluído",
            ),
        ],
    )
    def test_is_headed_by_the_most_urgent_thing(
        self, details: dict[str, Any], heading: str
    ) -> None:
        """Without anything to sign, the heading says what there is."""
        assert heading == present(details, now=NOON).heading

    def test_shows_nothing_to_sign_once_cancelled(self) -> None:
        """A cancelled envelope has neither contracts nor a reload."""
        view = present(states.cancelled(), now=NOON)

        assert (Phase.CANCELLED, (), None) == (view.phase, view.groups, view.refresh_seconds)


class TestPresentAContract:
    def contract(self, details: dict[str, Any]) -> Any:
        return shown(details).groups[0][1][0]

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
        details = states.portability("A", status="FORMALIZACAO_CLIENTE")
        details["portability"]["financial"].update(
            installment_amount="260.00",
            number_of_installments=96,
            saving_per_month="-10.00",
            saving_total="-800.00",
        )

        contract = self.contract(details)

        assert ("Seu empréstimo sai do Banco Aurora.", None) == (contract.lead, contract.saving)

    def test_manages_without_the_origin(self) -> None:
        """Without the old loan the new terms stand alone."""
        details = states.portability("A", status="FORMALIZACAO_CLIENTE")
        details["origin"] = None

        contract = self.contract(details)

        assert (None, ()) == (contract.chart, contract.comparisons)
        assert ("Parcelas", f"80 de R${SPACE}214,62") in contract.facts

    def test_tells_a_parked_client_to_do_nothing(self) -> None:
        """A lost answer is the bank's matter, not the client's."""
        contract = self.contract(states.parked("A", bank="Banco Aurora"))

        assert "Em conferência" == contract.situation.stamp_text
        assert "não precisa fazer nada" in contract.lead

    def test_gives_reasons_but_no_offer_when_refused(self) -> None:
        """What will not happen is not advertised."""
        contract = self.contract(states.refused("A", bank="Banco Aurora", reasons=["Porque não."]))

        assert (("Porque não.",), None, None, None) == (
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
        details = states.portability("A", status="FORMALIZACAO_CLIENTE")
        details["portability"]["signature_url"] = url

        assert self.contract(details).signing_link is None

    def test_says_where_the_signature_opens(self) -> None:
        """The client sees the host before going there."""
        link = self.contract(states.portability("A", status="FORMALIZACAO_CLIENTE")).signing_link

        assert "assina.example.com" == link.host

    @pytest.mark.parametrize("status", [s for s in PORTABILITY if s != "FORMALIZACAO_CLIENTE"])
    def test_offers_the_signature_only_when_it_is_due(self, status: str) -> None:
        """Every other status has a sentence and no link to sign."""
        contract = self.contract(states.portability("A", status=status))

        assert contract.signing_link is None
        assert contract.lead
        assert "{" not in contract.lead

    @pytest.mark.parametrize("status", list(OTHER_PRODUCTS))
    def test_knows_every_status_of_other_products(self, status: str) -> None:
        """A contract that is no portability has words for each of its statuses."""
        contract = self.contract({**states.benefit_card("A"), "status": status})

        assert ("Cartão benefício", ()) == (contract.title, contract.route)
        assert contract.lead

    def test_spells_out_a_product_it_does_not_know(self) -> None:
        """A new product reads as words, not as a code."""
        contract = self.contract({**states.benefit_card("A"), "product": "SEGURO_DE_VIDA"})

        assert "Seguro de vida" == contract.title
