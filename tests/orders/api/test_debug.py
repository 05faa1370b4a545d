"""How documents look is shown in the demo, and nowhere else."""

import pytest

from tests.orders.campus import Campus
from tramita.kit.settings import Mode
from tramita.payments.invoices import InvoiceKind

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGES = (
    *(
        f"/__debug__/invoice?kind={kind}&language={one}"
        for kind in InvoiceKind
        for one in ("en", "fr")
    ),
    "/__debug__/contract?language=en",
    "/__debug__/contract?language=fr-FR",
)


class TestDocumentsOfNobody:
    async def test_are_shown_in_each_language(self, campus: Campus) -> None:
        """Different PDFs, one for each kind and language."""
        for language in ("en", "fr"):
            body = "# Text\n\n{{ learner.full_name }}, " + language
            await campus.definition(body=body, language=language)

        said = [await campus.site.ask("GET", page, authenticated=False) for page in PAGES]

        assert {(200, b"%PDF-")} == {(one.status, one.body[:5]) for one in said}
        assert len(PAGES) == len({one.body for one in said})

    async def test_are_not_there_in_production(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As if nobody had ever thought of them."""
        monkeypatch.setattr(campus.site.runtime.settings, "mode", Mode.PRODUCTION)

        said = [await campus.site.ask("GET", page) for page in PAGES]

        assert {404} == {one.status for one in said}

    @pytest.mark.parametrize(
        "page",
        ["contract?language=de", "invoice?kind=no", "invoice?language=%00", "contract?language=x"],
    )
    async def test_are_asked_for_by_what_there_is(self, campus: Campus, page: str) -> None:
        """Another language or kind is the asker's mistake."""
        said = await campus.site.ask("GET", f"/__debug__/{page}")

        assert (404 if page.endswith("de") else 400) == said.status
