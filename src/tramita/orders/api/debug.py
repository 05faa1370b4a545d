"""``/__debug__``: how the documents of orders look in each language, shown in the demo only."""

from typing import Annotated, Any, Final, TypeAlias

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import words_in
from tramita.kit.pdf.rendering import MarkdownSource, render_pdf
from tramita.orders.api.files import PDF, shown_pdf
from tramita.orders.errors import NoContractInLanguage
from tramita.orders.text import NAMES, fill
from tramita.payments.documents import typeset
from tramita.payments.example import example_of
from tramita.payments.invoices import InvoiceKind
from tramita.payments.settings import PaymentSettings

DEMO: Final[dict[str, Any]] = {"demo": "the look of documents, with data of nobody's"}
Language: TypeAlias = Annotated[str, QueryParameter(pattern=r"^[a-z]{2}(-[A-Z]{2})?$(?!\n)")]
_NEWEST: Final = """
    SELECT d.title, d.language, v.body FROM contract_definitions AS d
    JOIN contract_definition_versions AS v ON v.definition_id = d.id AND v.version = d.version
    WHERE split_part(d.language, '-', 1) = split_part($1, '-', 1) ORDER BY d.id DESC LIMIT 1
"""


@get("/__debug__/invoice", opt=DEMO, include_in_schema=False, media_type=PDF)
async def show_invoice(
    runtime: FromRuntime, language: Language = "en", kind: FromQuery[InvoiceKind] = InvoiceKind.MAIN
) -> Response[bytes]:
    """An invoice, a receipt or a credit note, by ``kind``."""
    words = words_in(choose_language(language), runtime.configured(PaymentSettings).time_zone)
    return shown_pdf(await typeset(example_of(kind), words))


@get("/__debug__/contract", opt=DEMO, include_in_schema=False, media_type=PDF)
async def show_contract(runtime: FromRuntime, language: Language = "en") -> Response[bytes]:
    """The newest text of a language that something is sold by, with its own names filled in."""
    rows = await runtime.database.fetch(_NEWEST, language)
    if not rows:
        raise NoContractInLanguage(language=language)
    text = fill(rows[0]["body"], {name: name for name in NAMES})
    return shown_pdf(await render_pdf(MarkdownSource(rows[0]["title"], language, text)))
