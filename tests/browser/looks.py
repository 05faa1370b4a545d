"""Screens on which pages are looked at, and what every page keeps on each of them."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page

from tests.browser.accessibility import find_barriers

LOOKS: dict[str, dict[str, Any]] = {
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "desktop-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "desktop-dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
# The others differ in one of both only.
SEEN = ("phone-dark", "desktop-light")
# For a test's parameters: those, and at length the others.
SCREENS = [
    *SEEN,
    *(pytest.param(look, marks=pytest.mark.soak) for look in sorted(LOOKS.keys() - SEEN)),
]
# What is drawn as wide as its page shrinks with it; so many pixels high it can be read.
_TOO_SMALL = """[...document.querySelectorAll("svg text")].map(
    (one) => [one.textContent, one.getBoundingClientRect().height]
).filter(([_, height]) => height > 0 && height < 11)"""
# A busy machine draws late; what is wrong stays wrong for longer than this.
PATIENCE_MS = 60_000
# What a browser says of its own accord when a request or a socket fails or is refused.
_NOT_OURS = ("the server responded with", "net::ERR_", "Error during WebSocket handshake")


@asynccontextmanager
async def looking(browser: Browser, look: str = "phone-light", **more: Any) -> AsyncIterator[Page]:
    """A page whose scripts, styles and policies find nothing to complain of."""
    context = await browser.new_context(**LOOKS[look], **more)
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type == "error" and not any(one in said.text for one in _NOT_OURS)
            else None
        ),
    )
    yield page
    assert not complaints, "\n".join(complaints)
    await context.close()


async def follow(page: Page, control: Locator) -> None:
    """Press what leads to another page, and be there.

    A click alone may be over before the browser has sent its form: what comes next would be done
    on the page that is about to go, wherever that has such a control too.
    """
    async with page.expect_navigation():
        await control.click()


async def keep(page: Page, name: str) -> None:
    """See that nothing sticks out and everybody can use the page as it stands now.

    A picture is taken where ``TRAMITA_TEST_SCREENSHOTS`` asks for them.
    """
    await page.wait_for_load_state("load")  # Half a page has no foot.
    assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert [] == await page.evaluate(_TOO_SMALL)
    directory = os.environ.get("TRAMITA_TEST_SCREENSHOTS")
    if directory:
        await page.screenshot(path=Path(directory) / f"{name}.png", full_page=True)
    barriers = await find_barriers(page)
    assert not barriers, "\n".join(barriers)
