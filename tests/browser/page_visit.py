"""What tests of the client's page do again and again."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.accessibility import find_barriers_in
from tests.browser.looks import PATIENCE_MS
from tests.browser.page_server import PageServer, PageState
from tramita.portability.views import EnvelopeView

PHONE: ViewportSize = {"width": 390, "height": 844}
# What reaches beyond the inner edge of its card.
SPILT = """[...document.querySelectorAll(".card")].flatMap((card) => {
  const edge = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
  return [...card.querySelectorAll("*:not(.unseen)")]
    .filter((part) => part.getBoundingClientRect().right > edge + 1)
    .map((part) => part.outerHTML);
})"""


@pytest.fixture(scope="module")
def server() -> Iterator[PageServer]:
    """The page's server, for all tests of a module."""
    with PageServer() as running:
        yield running


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of the test's own, on a telephone."""
    opened = chromium.new_context(viewport=PHONE, locale="pt-BR")
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page in it."""
    return context.new_page()


def place(server: PageServer, *, details: EnvelopeView, **state: Any) -> tuple[UUID, PageState]:
    """Give a new token these details."""
    token = uuid4()
    server.states[token] = PageState(details, **state)
    return token, server.states[token]


def wait_for_socket(state: PageState) -> None:
    """Until the page listens."""
    assert state.connected.acquire(timeout=PATIENCE_MS / 1000), "the page opened no socket"


def progress(done: int, total: int) -> dict[str, Any]:
    """What a socket says of a run."""
    return {"type": "CONTRACT_PROGRESS", "done": done, "total": total}


def overflow(page: Page, width: int) -> tuple[int, list[str]]:
    """How far the page is too wide for a screen, and what leaves its card."""
    page.set_viewport_size({"width": width, "height": 844})
    return page.evaluate("document.documentElement.scrollWidth") - width, page.evaluate(SPILT)


def barriers_on_any_screen(page: Page, *, name: str) -> list[str]:
    """What keeps somebody from using the page, in the dark on a telephone and on a desk by day."""
    found = []
    for width in (390, 1280):
        keep(page, name=name, width=width)
        page.emulate_media(color_scheme="dark" if width == 390 else "light")
        found += find_barriers_in(page)
    return found


def keep(page: Page, *, name: str, width: int) -> None:
    """Screenshots, light and dark, where somebody asked by ``TRAMITA_TEST_SCREENSHOTS``."""
    directory = os.environ.get("TRAMITA_TEST_SCREENSHOTS")
    if not directory:
        return
    page.set_viewport_size({"width": width, "height": 844})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=Path(directory) / f"{name}-{width}-{scheme}.png", full_page=True)
