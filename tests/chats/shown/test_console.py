"""``/console/chats``: chats as people of the house see them."""

import pytest

from tests.chats.shown.conftest import NAME, Talk
from tests.console.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_chat_is_found_and_told(talk: Talk, ana: Visitor) -> None:
    """In the list by its name, with what did not arrive; on its page what was said, and by whom."""
    listed = await ana.get("/console/chats")
    page = await ana.get(f"/console/chats/{talk.chat}")

    assert f"For {NAME}" in listed.text
    assert "1 not delivered" in listed.text
    assert f"{NAME} edited once" in page.text
    assert f"I am still {NAME}" in page.text
    assert "message is too long" in page.text


@pytest.mark.parametrize(
    ("language", "heading", "edited", "send"),
    [
        ("pt", "O que não chegou", "editada uma vez", "Enviar de novo"),
        ("ru", "Что не дошло", "изменено 1 раз", "Отправить ещё раз"),
    ],
)
async def test_a_chat_speaks_as_its_reader_does(
    talk: Talk, ana: Visitor, language: str, heading: str, edited: str, send: str
) -> None:
    """What is ours on the page; what people said stays theirs."""
    ana.session.headers["Accept-Language"] = language

    page = await ana.get(f"/console/chats/{talk.chat}")

    for said in (f">{heading}</h2>", edited, f"{send}<span", f"I am still {NAME}"):
        assert said in page.source


async def test_what_did_not_arrive_is_sent_again_by_a_button(talk: Talk, ana: Visitor) -> None:
    """Pressed once it waits; pressed again, or something else, the page says so in place."""
    path = f"/console/chats/{talk.chat}"

    form = {"csrf_token": (await ana.get(path)).csrf_token}

    done = await ana.post(path, form | {"send": str(talk.refused)})
    again = await ana.post(path, form | {"send": str(talk.refused)})
    nothing = await ana.post(path, form | {"send": "x"})

    assert (303, 409, 422) == (done.status, again.status, nothing.status)
    assert "waiting" in again.text


async def test_viewers_learn_nothing_of_people(talk: Talk, viewer: Visitor) -> None:
    """Neither what was said, nor by whom, nor how the chat is called; what did not arrive they see."""
    listed = await viewer.get("/console/chats")
    page = await viewer.get(f"/console/chats/{talk.chat}")

    assert "1 not delivered" in listed.text
    assert "Your role does not show you what was said." in page.text
    assert "message is too long" in page.text
    for seen in (listed, page):
        assert NAME not in seen.source
