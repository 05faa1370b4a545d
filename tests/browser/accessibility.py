"""What keeps somebody from using a page, by the rules of axe-core: WCAG 2.2 A and AA, best practice."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright import async_api, sync_api

_RULES: Final[dict[str, Any]] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# To read it takes as long as to look at a small page, so a page gets it once.
_IS_THERE: Final = "'axe' in window"
_LOOK: Final = "async (rules) => (await axe.run(rules)).violations"


async def find_barriers(page: async_api.Page | async_api.Frame) -> list[str]:
    """Each with the rule, and the elements that break it."""
    if not await page.evaluate(_IS_THERE):
        await page.evaluate(AXE_SCRIPT)
    return _told(await page.evaluate(_LOOK, _RULES))


def find_barriers_in(page: sync_api.Page) -> list[str]:
    """The same, for tests that do not run on a loop."""
    if not page.evaluate(_IS_THERE):
        page.evaluate(AXE_SCRIPT)
    return _told(page.evaluate(_LOOK, _RULES))


def _told(violations: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{one['id']}: {node['html']} ({node['failureSummary']})"
        for one in violations
        for node in one["nodes"]
    ]
