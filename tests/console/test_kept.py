"""Sentences that are kept as they read: each is still said somewhere, and told to every reader."""

import ast
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from tests.console.standing import add_operation
from tests.console.visitor import Visitor
from tests.web.conftest import Site
from tramita.console.kept import CAUSES, FINDINGS, UNDER_WAY

CODE = Path(__file__).parents[2] / "src/tramita"
PAGE = "/console/operations"


@cache
def texts() -> str:
    """Every text of the code but for those that only name others, spaces collapsed."""
    found = [
        one.value
        for file in sorted(CODE.glob("**/*.py"))
        if not file.is_relative_to(CODE / "console")
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("sentence", [*CAUSES, *FINDINGS, *UNDER_WAY])
def test_is_said_somewhere(sentence: str) -> None:
    """What nobody says any more has no line: the longest piece of it stands in the code."""
    longest = max((literal for literal, *_ in Formatter().parse(sentence)), key=len)

    assert longest.strip() in texts()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pt", "Não foi possível perguntar ao provedor o que aconteceu: HTTP 503"),
        ("ru", "Не удалось спросить провайдера, что с этим стало: HTTP 503"),
    ],
)
async def test_is_told_in_its_readers_language(
    site: Site, ana: Visitor, language: str, said: str
) -> None:
    """Ours around what was heard outside; what a provider has said stays as it was said."""
    ours = "The provider could not be asked what became of it: HTTP 503"
    parked = await add_operation(site.runtime.database, reason=ours, trigger="park")
    theirs = await add_operation(site.runtime.database, reason="Not on a Sunday", trigger="park")
    ana.session.headers["Accept-Language"] = language

    page, other = [await ana.get(f"{PAGE}/{one}") for one in (parked, theirs)]

    assert page.text.count(said) == 2, page.text
    assert "Not on a Sunday" in other.text
