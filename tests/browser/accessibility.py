"""What keeps somebody from using a page, by the rules of axe-core: WCAG 2.2 A and AA, best practice."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from axe_playwright_python import async_playwright, sync_playwright
from playwright import async_api, sync_api

_RULES: Final[dict[str, Any]] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


async def find_barriers(page: async_api.Page | async_api.Frame) -> list[str]:
    """Each with the rule, and the elements that break it."""
    # A frame runs scripts as a page does.
    found = await async_playwright.Axe().run(cast("async_api.Page", page), options=_RULES)
    return _told(found.response["violations"])


def find_barriers_in(page: sync_api.Page) -> list[str]:
    """The same, for tests that do not run on a loop."""
    found = sync_playwright.Axe().run(page, options=_RULES)
    return _told(found.response["violations"])


def _told(violations: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{one['id']}: {node['html']} ({node['failureSummary']})"
        for one in violations
        for node in one["nodes"]
    ]
