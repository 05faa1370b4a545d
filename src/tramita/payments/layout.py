"""What stands where on an invoice, a receipt and a credit note, in the words of a language. Pure.

What the law wants on an invoice is there as far as it is known: who sells, with form, registers
and VAT number; who is billed, and where; number and date; what was sold, when, at which price
without VAT; the VAT by rate; the total. A receipt says what was paid and leaves VAT to the
invoice, so that it is shown once; a credit note has the same rate as its invoice, and all
credit notes of an invoice together have its VAT.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from babel.numbers import format_percent
from msgspec import Struct

from tramita.kit.languages.words import Words
from tramita.kit.money import Money
from tramita.payments.invoices import InvoiceKind
from tramita.payments.rules.vat import split_vat
from tramita.payments.sellers import Sale, Seller


class Invoice(Struct):
    """All that an invoice says; ``parent_…`` are of the main one, ``paid_at`` of its payment.

    ``credited`` is what earlier credit notes come to, less than nothing.
    """

    id: UUID
    kind: InvoiceKind
    reference: str
    total: Decimal
    currency: str
    issued_at: datetime
    contract_id: UUID
    file: str | None
    parent_reference: str | None
    parent_issued_at: datetime | None
    paid_at: datetime | None
    last_numbers: str
    seller: Seller
    sale: Sale
    address: dict[str, str]
    contract_name: str
    credited: Decimal

    @property
    def money(self) -> Money:
        """Its total; less than nothing where money went back, or is owed no more."""
        return Money(self.total, self.currency)

    def split_vat(self, rate: Decimal) -> tuple[Money, Money]:
        """Its total without VAT, and the VAT."""
        is_credit = self.kind is InvoiceKind.CREDIT_NOTE
        return split_vat(self.money, rate, after=self.credited if is_credit else Decimal(0))


class Line(Struct):
    """One line: what, with what it consists of, and its cells after that."""

    text: str
    details: list[str]
    cells: list[str]


class Layout(Struct):
    """What the template shows, in words of one language; it has none of its own."""

    language: str
    title: str
    heading: str
    facts: list[tuple[str, str]]
    seller: list[str]
    buyer_label: str
    buyer: list[str]
    columns: list[str]
    lines: list[Line]
    totals: list[tuple[str, str]]
    notes: list[str]
    footer: str


def lay_out(invoice: Invoice, words: Words) -> Layout:
    """What stands where, in words; pure."""
    heading = _heading(invoice.kind, words)
    seller = invoice.seller
    return Layout(
        language=words.language,
        title=f"{heading} {invoice.reference}",
        heading=heading,
        facts=_facts(invoice, words),
        seller=[seller.name, *_postal(msgspec.to_builtins(seller), words)],
        buyer_label=words.gettext("Billed to"),
        buyer=_buyer(invoice.address, words),
        columns=_columns(invoice, words),
        lines=[_line(invoice, words)],
        totals=_totals(invoice, words),
        notes=_notes(invoice, words),
        footer=_joined(
            [
                seller.name,
                seller.legal_form,
                seller.registration_number,
                seller.register,
                seller.vat_number
                and words.gettext("VAT number %(number)s", number=seller.vat_number),
            ]
        ),
    )


def _heading(kind: InvoiceKind, words: Words) -> str:
    match kind:
        case InvoiceKind.MAIN:
            return words.gettext("Invoice")
        case InvoiceKind.PAYMENT:
            return words.gettext("Receipt")
        case InvoiceKind.CREDIT_NOTE:
            return words.gettext("Credit note")


def _facts(invoice: Invoice, words: Words) -> list[tuple[str, str]]:
    sale = invoice.sale
    facts = [
        (words.gettext("Number"), invoice.reference),
        (words.gettext("Date"), words.date(invoice.issued_at)),
    ]
    if invoice.parent_reference is not None and invoice.parent_issued_at is not None:
        of = f"{invoice.parent_reference}, {words.date(invoice.parent_issued_at)}"
        facts.append((words.gettext("For invoice"), of))
    if sale.starts_on is not None and sale.ends_on is not None:
        period = f"{words.date(sale.starts_on)} – {words.date(sale.ends_on)}"
        facts.append((words.gettext("Period of the service"), period))
    facts.append((words.gettext("Order"), str(invoice.contract_id)))
    return facts


def _columns(invoice: Invoice, words: Words) -> list[str]:
    what = words.gettext("Description")
    if invoice.kind is InvoiceKind.PAYMENT:
        return [what, words.gettext("Amount")]
    if invoice.sale.vat_rate is None:
        amount = words.gettext("Amount")
        return [what, words.gettext("Quantity"), words.gettext("Unit price"), amount]
    return [
        what,
        words.gettext("Quantity"),
        words.gettext("Unit price without VAT"),
        words.gettext("VAT"),
        words.gettext("Amount without VAT"),
    ]


def _line(invoice: Invoice, words: Words) -> Line:
    sale, total = invoice.sale, invoice.money
    what = sale.title or invoice.contract_name
    if invoice.kind is InvoiceKind.PAYMENT:
        return Line(_payment(invoice, words), [what], [words.money(total)])
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        details = [_payment(invoice, words)]
    else:
        details = list(sale.details)
    if sale.vat_rate is None:
        return Line(what, details, ["1", words.money(total), words.money(total)])
    net, _ = invoice.split_vat(sale.vat_rate)
    rate = _percent(sale.vat_rate, words)
    return Line(what, details, ["1", words.money(net), rate, words.money(net)])


def _payment(invoice: Invoice, words: Words) -> str:
    """How money came, or went back; a credit note need not be about any."""
    if invoice.kind is InvoiceKind.CREDIT_NOTE and invoice.paid_at is None:
        return words.gettext("What was not paid, and is not owed any more")
    day = words.date(invoice.paid_at or invoice.issued_at)
    card = invoice.last_numbers
    if invoice.total > 0:
        if card:
            return words.gettext(
                "Paid on %(day)s by the card that ends in %(card)s", day=day, card=card
            )
        return words.gettext("Paid on %(day)s by card", day=day)
    if card:
        return words.gettext(
            "Given back on %(day)s to the card that ends in %(card)s", day=day, card=card
        )
    return words.gettext("Given back on %(day)s to the card", day=day)


def _totals(invoice: Invoice, words: Words) -> list[tuple[str, str]]:
    total = invoice.money
    if invoice.kind is InvoiceKind.PAYMENT:
        label = words.gettext("Paid") if total.amount > 0 else words.gettext("Paid back")
        return [(label, words.money(total))]
    if invoice.sale.vat_rate is None:
        return [(words.gettext("Total"), words.money(total))]
    net, vat = invoice.split_vat(invoice.sale.vat_rate)
    rate = _percent(invoice.sale.vat_rate, words)
    return [
        (words.gettext("Total without VAT"), words.money(net)),
        (words.gettext("VAT %(rate)s", rate=rate), words.money(vat)),
        (words.gettext("Total with VAT"), words.money(total)),
    ]


def _notes(invoice: Invoice, words: Words) -> list[str]:
    note = invoice.seller.vat_note
    notes = [note] if note and invoice.kind is not InvoiceKind.PAYMENT else []
    match invoice.kind:
        case InvoiceKind.MAIN:
            notes.append(words.gettext("Supply of services."))
            notes.append(
                words.gettext("To be paid by card in the instalments that were agreed upon.")
            )
        case InvoiceKind.PAYMENT:
            of = invoice.parent_reference or ""
            notes.append(
                words.gettext("VAT, where there is any, is shown on invoice %(of)s.", of=of)
            )
        case InvoiceKind.CREDIT_NOTE:
            notes.append(words.gettext("This lowers what is due by the invoice that it is for."))
    return notes


def _buyer(address: Mapping[str, str], words: Words) -> list[str]:
    name = " ".join(address[part] for part in ("first_name", "last_name") if part in address)
    lines = [name, *_postal(address, words)] if name else _postal(address, words)
    return lines or [words.gettext("(not kept any more)")]


def _postal(address: Mapping[str, str], words: Words) -> list[str]:
    city = " ".join(address[part] for part in ("postcode", "city") if part in address)
    country = address.get("country", "")
    lines = [address.get("address", ""), city, _country(country, words)]
    return [line for line in lines if line]


def _country(code: str, words: Words) -> str:
    return str(words.locale.territories.get(code, code))


def _percent(rate: Decimal, words: Words) -> str:
    return format_percent(rate / 100, locale=words.locale, decimal_quantization=False)


def _joined(parts: Iterable[str | None]) -> str:
    return " · ".join(part for part in parts if part)
