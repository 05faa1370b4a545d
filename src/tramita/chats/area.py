"""What chats bring to every process; what they serve is in ``routes``."""

from typing import Final

from tramita.chats.check import check_chats, count_chats
from tramita.chats.finding import FINDER
from tramita.chats.journey import fetch_asset, import_export, send, take_update
from tramita.chats.kept import KEPT
from tramita.chats.people import PEOPLE
from tramita.chats.receiving import keeping, polling
from tramita.chats.receiving.settings import ReceivingSettings
from tramita.chats.settings import ChatSettings
from tramita.chats.subjects import STAKES, facts_about
from tramita.kit.area import Area, Promises

AREA: Final = Area(
    key="chats",
    languages=("en", "ru"),
    jobs=[*take_update.JOBS, *fetch_asset.JOBS, *send.JOBS, *import_export.JOBS],
    schedules=[
        *send.SCHEDULES,
        *import_export.SCHEDULES,
        *keeping.SCHEDULES,
        *polling.SCHEDULES,
    ],
    kinds=[fetch_asset.FETCHING.kind],
    promises=Promises(check=check_chats, count=count_chats),
    kept=KEPT,
    settings={"Chats": ChatSettings, "Receiving from messengers": ReceivingSettings},
    facts=facts_about,
    wholes=[
        "SELECT id, 'chat' AS kind, id AS whole FROM chats WHERE id = ANY($1::uuid[])",
        "SELECT id, 'chat', chat_id FROM chat_assets WHERE id = ANY($1::uuid[])",
    ],
    stakes=STAKES,
    finds=[FINDER],
    people=PEOPLE,
)
