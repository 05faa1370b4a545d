"""The browser for page tests: Chromium from the path, one per module."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright import async_api, sync_api
from playwright.sync_api import Browser, sync_playwright

from tests.browser.looks import PATIENCE_MS
from tests.web.conftest import site

__all__ = ["site"]

async_api.expect.set_options(timeout=PATIENCE_MS)
sync_api.expect.set_options(timeout=PATIENCE_MS)

FLAGS = (
    "--no-sandbox",  # Chromium refuses to start as root with one.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """The browser's path; skips the test, or fails it where browsers are required."""
    executable = shutil.which("chromium")
    if executable is not None:
        return executable
    if "browser" in os.environ.get("TRAMITA_TEST_REQUIRE", "").split(","):
        pytest.fail("chromium is not on the path, and TRAMITA_TEST_REQUIRE asks for it")
    pytest.skip("chromium is not on the path")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's or the user's Chromium, headless; skipped when there is none.

    ``TRAMITA_TEST_REQUIRE=browser`` turns the skip into a failure.
    """
    executable = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asynchronous_chromium() -> AsyncIterator[async_api.Browser]:
    """The same, for tests that run on their module's loop."""
    executable = find_chromium()
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(
    asynchronous_chromium: async_api.Browser,
) -> AsyncIterator[async_api.Browser]:
    """The browser of the module; what a test opened in it is closed with the test."""
    yield asynchronous_chromium
    for context in list(asynchronous_chromium.contexts):
        await context.close()
