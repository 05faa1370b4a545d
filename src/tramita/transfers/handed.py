"""Whoever an application is handed over to is told so in Telegram, once: by themselves, or else in its chat.

A bot may write to nobody who has not started it, and hears so only when it tries. So it is written to them by
themselves; where that cannot be, it is said in the application's chat, if they were seen there. Neither names them
as the house does, and neither says anything of whoever pays. What reached them by neither is shown as not told.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from tramita.chats.letters import open_of
from tramita.chats.lifecycle import ChatState
from tramita.chats.members import find_there
from tramita.chats.ports import Text
from tramita.chats.registry import get_chat, private_chat, start_token
from tramita.chats.sending import send_text
from tramita.chats.settings import ChatSettings
from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import to_translate
from tramita.kit.outbox.lifecycle import OPEN, DeliveryState
from tramita.transfers.card import title_of, with_button, words_of_chat
from tramita.transfers.lifecycle import EDITABLE
from tramita.transfers.model import Agent, Application
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.kinds import IN_ONEC, Kind
from tramita.transfers.who import Who

_YOURS: Final = to_translate("This application is yours now.")
_YOURS_THERE: Final = to_translate("%(name)s, this application is yours now.")
_IN_ONEC: Final = to_translate("In 1C: %(number)s")

_ALONE, _IN_CHAT = "handed over alone", "handed over in chat"
# Whoever blocks our bot much later is told nothing of what they have worked on for long.
_UNHEARD: Final = f"""
    SELECT DISTINCT ON (s.subject_id) s.subject_id, s.cause
    FROM chat_sends AS s JOIN chat_deliveries AS d ON d.send_id = s.id
    WHERE s.chat_id = $1 AND s.cause LIKE '{_ALONE}:%'
      AND {one_of("d.state", [DeliveryState.FAILED, DeliveryState.CANCELLED])}
      AND s.written_at > tramita_now() - interval '2 days'
    ORDER BY s.subject_id, s.id DESC
"""  # noqa: S608 - constants
_LAST: Final = """
    SELECT split_part(s.cause, ':', 1) AS way, split_part(s.cause, ':', 3) AS version, s.chat_id, d.state
    FROM chat_sends AS s JOIN chat_deliveries AS d ON d.send_id = s.id
    WHERE s.subject_id = $1 AND s.cause LIKE 'handed over %:' || $2::uuid::text
    ORDER BY split_part(s.cause, ':', 3)::int DESC, s.id
"""


class Told(StrEnum):
    """Whether the agent of an application was told that it is theirs."""

    ALONE = "alone"
    IN_CHAT = "in_chat"
    ON_ITS_WAY = "on_its_way"
    MAYBE = "maybe"
    NOT = "not"


async def tell_taker(work: UnitOfWork, application: Application, agent: Agent, who: Who) -> None:
    """Tell ``agent``, to whom ``who`` has handed a locked application over just now."""
    is_known = agent.telegram_id is not None and who.agent_id != agent.id
    if not is_known or Kind(application.kind) not in IN_ONEC:
        return
    provider = work.configured(ChatSettings).provider
    number: int = agent.telegram_id or 0
    chat = await private_chat(work, provider, agent.tenant, number, agent.name)
    cause = f"{application.id}:{application.version}:{agent.id}"
    if chat.tenant == agent.tenant:
        text = await _text_of(work, application)
        about = application.id
        await send_text(work, chat.id, text, subject_id=about, cause=f"{_ALONE}:{cause}")
    if chat.state is ChatState.LOST or chat.tenant != agent.tenant:
        await _tell_in_chat(work, application, number, cause)


async def tell_in_chats(work: UnitOfWork, private: UUID) -> None:
    """What somebody cannot be told by themselves is said in the chats of the applications that are theirs still."""
    number = (await get_chat(work, private)).telegram_id
    for row in await work.fetch(_UNHEARD, private):
        application = await lock_application(work, row["subject_id"])
        cause = row["cause"].partition(":")[2]
        is_theirs = str(application.agent_id) == cause.rpartition(":")[2]
        if is_theirs and application.state in EDITABLE:
            await _tell_in_chat(work, application, number, cause)


async def _text_of(work: UnitOfWork, application: Application) -> Text:
    words = words_of_chat(work)
    lines = [title_of(words, application), words.gettext(_YOURS)]
    if application.onec_number is not None:
        lines.append(words.gettext(_IN_ONEC, number=application.onec_number))
    body = "\n".join(lines)
    if application.chat_id is None:
        return Text(body)
    await start_token(work, application.chat_id)
    chat = await get_chat(work, application.chat_id)
    return with_button(words, body, open_of(chat.telegram_id))


async def _tell_in_chat(
    work: UnitOfWork, application: Application, number: int, cause: str
) -> None:
    if application.chat_id is None:
        return
    there = await find_there(work, application.chat_id, number)
    if there is None:
        return
    words = words_of_chat(work)
    called = f"@{there.username}" if there.username else there.first_name
    lines = [title_of(words, application), words.gettext(_YOURS_THERE, name=called)]
    await send_text(
        work,
        application.chat_id,
        with_button(words, "\n".join(lines)),
        subject_id=application.id,
        cause=f"{_IN_CHAT}:{cause}",
    )


async def find_told(work: UnitOfWork, application: Application) -> tuple[Told, UUID] | None:
    """Whether its agent was told, and where it was tried; ``None``: it was never handed over to them."""
    rows = await work.fetch(_LAST, application.id, application.agent_id)
    last = [row for row in rows if row["version"] == rows[0]["version"]]
    if not last:
        return None
    states: Mapping[str, DeliveryState] = {row["way"]: DeliveryState(row["state"]) for row in last}
    return _judge(states), last[0]["chat_id"]


def _judge(states: Mapping[str, DeliveryState]) -> Told:
    for way, told in ((_ALONE, Told.ALONE), (_IN_CHAT, Told.IN_CHAT)):
        if states.get(way) is DeliveryState.DELIVERED:
            return told
    if any(state in OPEN for state in states.values()):
        return Told.ON_ITS_WAY
    return Told.MAYBE if DeliveryState.UNKNOWN in states.values() else Told.NOT
