"""A document becomes a PDF in a process of its own, and always the same one."""

import asyncio

import pytest

from tramita.kit.pdf.rendering import MarkdownSource, NotRendered, render, render_pdf

TEXT = '# Terms\n\nI, **Zoé Ção**, sign "this" #let x = 1 and \\ that.\n\n1. one\n2. two'


class TestRenderPDF:
    async def test_makes_the_same_bytes_wherever_it_is_made(self) -> None:
        """So a content has one digest; and the loop does nothing of it."""
        source = MarkdownSource("Contrat nº 1", "fr-fr", TEXT)

        made = await render_pdf(source)

        assert made.startswith(b"%PDF-")
        assert render(source) == made

    async def test_says_so_where_it_cannot_be_made(self) -> None:
        """The error is named, and nothing of the document with it."""
        with pytest.raises(NotRendered) as raised:
            await render_pdf(MarkdownSource("t", "", "secret of Zoé"))

        assert "secret" not in str(raised.value)

    def test_waits_for_a_place_in_whichever_loop(self) -> None:
        """There are fewer places than documents; who waits in one loop is not in the way of another."""
        source = MarkdownSource("t", "en", TEXT)

        async def make_many() -> set[bytes | BaseException]:
            making = (render_pdf(source) for _ in range(3))
            return set(await asyncio.gather(*making, return_exceptions=True))

        first = asyncio.run(make_many())

        assert {render(source)} == first == asyncio.run(make_many())
