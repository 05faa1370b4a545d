"""What invoices, receipts and credit notes say."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tramita.kit.languages.words import words_in
from tramita.payments.invoices import InvoiceKind
from tramita.payments.layout import Invoice, Layout, lay_out
from tramita.payments.sellers import Sale, Seller

SELLER = Seller(
    "Campus SAS",
    legal_form="SAS au capital de 10 000 €",
    address="12 rue des Écoles",
    postcode="75005",
    city="Paris",
    country="FR",
    registration_number="SIRET 123 456 789 00012",
    register="RCS Paris",
    vat_number="FR32123456789",
)
SALE = Sale(
    "Botany for all",
    ("course-1: Botany", "course-2: Mosses"),
    date(2026, 3, 1),
    date(2026, 9, 1),
    Decimal(20),
)
BUYER = {
    "first_name": "Zoé",
    "last_name": "Ção",
    "address": "5 Rosenstraße",
    "postcode": "10117",
    "city": "Berlin",
    "country": "DE",
}
INVOICE = Invoice(
    UUID(int=1),
    InvoiceKind.MAIN,
    "univ-2026-000012",
    Decimal("300.00"),
    "EUR",
    datetime(2026, 2, 28, 23, 30, tzinfo=UTC),
    UUID(int=7),
    None,
    None,
    None,
    None,
    "",
    SELLER,
    SALE,
    BUYER,
    "course-1 Botany for all",
    Decimal(0),
)
BELOW: dict[str, Any] = {
    "parent_reference": "univ-2026-000010",
    "parent_issued_at": datetime(2026, 1, 31, tzinfo=UTC),
    "paid_at": datetime(2026, 2, 27, tzinfo=UTC),
    "last_numbers": "0014",
}
NO_VAT = msgspec.structs.replace(SALE, vat_rate=None)


def laid_out(language: str = "en", **changed: Any) -> Layout:
    """An invoice as it is laid out, with something different."""
    invoice = msgspec.structs.replace(INVOICE, **changed)
    return lay_out(invoice, words_in(language, "Europe/Paris"))


def said(layout: Layout) -> str:
    """Every word of it, spaces of any width as one."""
    words = msgspec.to_builtins(layout)
    return " ".join(msgspec.json.encode(words).decode().split()).replace("\u202f", " ")


class TestAnInvoice:
    @pytest.mark.parametrize(
        "stated",
        [
            "Invoice",
            "univ-2026-000012",
            "March 1, 2026",  # in Paris
            "Campus SAS",
            "SAS au capital de 10 000 €",
            "12 rue des Écoles",
            "75005 Paris",
            "SIRET 123 456 789 00012",
            "RCS Paris",
            "FR32123456789",
            "Zoé Ção",
            "5 Rosenstraße",
            "10117 Berlin",
            "Germany",
            "Botany for all",
            "course-2: Mosses",
            "March 1, 2026 – September 1, 2026",
            "€250.00",
            "20%",
            "€50.00",
            "€300.00",
        ],
    )
    def test_states_what_the_law_wants(self, stated: str) -> None:
        """Who sells to whom, what, when, for how much, with how much VAT, under which number."""
        assert stated in said(laid_out())

    def test_without_vat_says_why(self) -> None:
        """As its seller says it; and there is no line of VAT."""
        note = "TVA non applicable, art. 293 B du CGI"
        seller = msgspec.structs.replace(SELLER, vat_note=note)

        layout = laid_out(sale=NO_VAT, seller=seller)

        assert note == layout.notes[0]
        assert [("Total", "€300.00")] == layout.totals
        assert 4 == len(layout.columns) == 1 + len(layout.lines[0].cells)

    def test_of_a_seller_with_a_name_alone_has_no_empty_lines(self) -> None:
        """What is not known is left out."""
        layout = laid_out(seller=Seller("University"), sale=Sale(), address={})

        assert (["University"], "University") == (layout.seller, layout.footer)
        assert "course-1 Botany for all" == layout.lines[0].text
        assert all(layout.buyer)

    @pytest.mark.parametrize("kind", InvoiceKind)
    @pytest.mark.parametrize("sale", [SALE, NO_VAT])
    def test_has_a_cell_for_each_column(self, kind: InvoiceKind, sale: Sale) -> None:
        """Whatever it is."""
        layout = laid_out(kind=kind, sale=sale, **BELOW)

        assert {len(layout.columns)} == {1 + len(line.cells) for line in layout.lines}


class TestAReceipt:
    def test_leaves_vat_to_the_invoice_that_it_is_for(self) -> None:
        """So that it is shown once."""
        layout = laid_out(kind=InvoiceKind.PAYMENT, total=Decimal("90.00"), **BELOW)

        assert [("Paid", "€90.00")] == layout.totals
        assert ("For invoice", "univ-2026-000010, January 31, 2026") in layout.facts
        assert "Paid on February 27, 2026 by the card that ends in 0014" == layout.lines[0].text
        assert "univ-2026-000010" in layout.notes[-1]
        assert "20%" not in said(layout)

    def test_says_of_money_that_paid_nothing_that_it_went_back(self) -> None:
        """Nothing less is owed, so that there is no credit note."""
        layout = laid_out(kind=InvoiceKind.PAYMENT, total=Decimal("-90.00"), **BELOW)

        assert [("Paid back", "-€90.00")] == layout.totals
        words = "Given back on February 27, 2026 to the card that ends in 0014"
        assert words == layout.lines[0].text


class TestACreditNote:
    def test_lowers_price_and_vat_of_its_invoice(self) -> None:
        """With the invoice's rate, number and date."""
        layout = laid_out(kind=InvoiceKind.CREDIT_NOTE, total=Decimal("-90.00"), **BELOW)

        assert ["-€75.00", "-€15.00", "-€90.00"] == [amount for _, amount in layout.totals]
        assert ("For invoice", "univ-2026-000010, January 31, 2026") in layout.facts

    def test_takes_what_rounding_has_left_to_those_before(self) -> None:
        """Of three thirds of 100 at 20 % each alone has 5.56 of VAT; together they have 16.67."""
        thirds = [("-33.33", "0"), ("-33.33", "-33.33"), ("-33.34", "-66.66")]
        layouts = [
            laid_out(
                kind=InvoiceKind.CREDIT_NOTE,
                total=Decimal(total),
                credited=Decimal(before),
                **BELOW,
            )
            for total, before in thirds
        ]

        vat = [dict(layout.totals)["VAT 20%"] for layout in layouts]
        assert ["-€5.55", "-€5.56", "-€5.56"] == vat
        assert "€16.67" == dict(laid_out(total=Decimal(100)).totals)["VAT 20%"]

    def test_need_not_be_about_money_that_went_back(self) -> None:
        """What was never paid is owed no more."""
        below = BELOW | {"paid_at": None, "last_numbers": ""}

        layout = laid_out(kind=InvoiceKind.CREDIT_NOTE, total=Decimal("-90.00"), **below)

        assert ["What was not paid, and is not owed any more"] == layout.lines[0].details
        assert "Given back" not in said(layout)


class TestInFrench:
    @pytest.mark.parametrize(
        ("kind", "heading"),
        [
            (InvoiceKind.MAIN, "Facture"),
            (InvoiceKind.PAYMENT, "Reçu"),
            (InvoiceKind.CREDIT_NOTE, "Avoir"),
        ],
    )
    def test_every_word_is(self, kind: InvoiceKind, heading: str) -> None:
        """Headings, columns, days, amounts and countries."""
        english, french = (laid_out(one, kind=kind, **BELOW) for one in ("en", "fr-FR"))

        assert heading == french.heading
        assert not {label for label, _ in english.facts} & {label for label, _ in french.facts} - {
            "Date"
        }
        assert not set(english.columns) & set(french.columns) - {"Description"}
        assert not set(english.notes) & set(french.notes)
        assert "1 mars 2026" in said(french)
        assert "Allemagne" in said(french)
