"""The table of questions in ``docs/how-to/operate.md``, walked row by row by clicking what it says."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from typing import Final

from playwright.async_api import Page, expect

from tests.browser.looks import follow

BEGINS_AT: Final = "/console/operations"
_TABLE: Final = Path("docs/how-to/operate.md")


def questions() -> list[tuple[str, str, str]]:
    """The rows of the table: a question, the clicks, what is said then."""
    page, _, _ = _TABLE.read_text().partition("\n## ")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [(asked, clicks, said) for asked, clicks, said in rows[1:]]


async def walk(page: Page, url: str) -> AsyncIterator[tuple[str, float]]:
    """Every row by somebody who is signed in; each question with the seconds from click to answer."""
    for question, clicks, said in questions():
        await page.goto(f"{url}{BEGINS_AT}")
        began = monotonic()
        for told in clicks.split(" → "):
            await _step(page, told)
        shown = page.locator("main").get_by_text(said).filter(visible=True).first
        await expect(shown, question).to_be_visible()
        yield question, monotonic() - began


async def _step(page: Page, told: str) -> None:
    """Do what one step of the clicks says."""
    field = re.fullmatch(r"\*([^*]+)\*: (.+)", told)
    if told == "the first line":
        await follow(page, page.locator(".lines h2 a").first)
    elif field is not None:
        select = page.get_by_label(field[1], exact=True)
        if await select.evaluate("field => field.matches('input')"):
            await select.fill(field[2])
            await select.press("Enter")
            return
        option = select.locator("option", has_text=re.compile(rf"^{re.escape(field[2])}( \(|$)"))
        await select.select_option(value=await option.get_attribute("value"))
    else:
        name = re.compile(rf"^{re.escape(told.strip('*'))}\b")
        links = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
        wanted = links.or_(page.locator("summary").filter(has_text=name)).first
        if await wanted.evaluate("one => one.matches('summary')"):
            await wanted.click()
        else:
            await follow(page, wanted)
