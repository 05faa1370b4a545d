"""The transfers' scene: payments abroad asked for in Telegram groups, priced in 1C, and what becomes of each.

Clients and agents do in groups and in the Mini App what people do, 1C's operators what they do at
theirs. What is shown is what the API says, and what 1C and the messenger have in their ledgers.
"""

import asyncio
from contextlib import suppress
from typing import Final

from tramita.demo.scene import Line, Tell
from tramita.demo.stage import Stage
from tramita.demo.transfer import AGENT, LEAVER, MANAGER, Bank, Transfer
from tramita.demo.transfer_fates import FATES, Fate
from tramita.demo.vendor import Vendor
from tramita.transfers.office.settings import OfficeSettings

SCENE: Final = "transfers"
# What takes minutes elsewhere is a matter of moments here.
IMPATIENT: Final = OfficeSettings(ask_after=0.3, grace=1.5, outage_wait=30.0, files_after=1.0)
_AGENTS: Final = {
    AGENT: ("Игорь Летов", 700900, "agent"),
    MANAGER: ("Ольга Седова", 700901, "manager"),
    LEAVER: ("Пётр Нордин", 700902, "agent"),
}


async def play(stage: Stage, tell: Tell) -> list[Line]:
    """Play all fates at once; answers their lines."""
    bank = await _open_bank(stage)
    done = 0

    async def play_one(fate: Fate, transfer: Transfer) -> None:
        nonlocal done
        # The line says where it stands; where that is elsewhere the demo fails.
        with suppress(TimeoutError):
            await fate.story(transfer)
            await transfer.until_counts(fate.counts)
        done += 1
        tell(SCENE, done, len(FATES), fate.what)

    transfers = [Transfer(bank, one.title, one.agent) for one in FATES]
    tell(SCENE, 0, len(FATES))
    await asyncio.gather(*map(play_one, FATES, transfers))
    return [await _line(*one) for one in zip(FATES, transfers, strict=True)]


async def _open_bank(stage: Stage) -> Bank:
    """The house is the master tenant; its agents are known in Telegram."""
    telegram, onec = (Vendor(stage.simulators, key) for key in ("telegram", "onec"))
    bank = Bank(stage, telegram, onec, {})
    await bank.ask("PATCH", "/tenants/house", {"is_master": True})
    await telegram.act(
        "operator", "new_person", id=_AGENTS[LEAVER][1], first_name="Пётр", username=LEAVER
    )
    agents = {}
    for name, (title, telegram_id, role) in _AGENTS.items():
        body = {"name": title, "telegram_id": telegram_id, "role": role}
        agents[name] = (await bank.ask("POST", "/agents", body))["id"]
    return Bank(stage, telegram, onec, agents)


async def _line(fate: Fate, transfer: Transfer) -> Line:
    view = await transfer.look()
    number = (view["onec"] or {}).get("number")
    return Line(
        fate.title,
        fate.what,
        fate.expected,
        f"{view['state']}, {view['payment_state']}",
        fate.counts,
        await transfer.counts(),
        "" if number is None else f"№ {number}",
    )
