"""What the console shows of a mobile line's contract: its number, its SIM, its line."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.showing import Link, PartWords, Shown, route_of
from tramita.kit.languages.words import to_translate
from tramita.kit.masking_shapes import mask_device, mask_phone
from tramita.numbering.console.stages import STAGES
from tramita.numbering.console.words import MOVES, NUMBER_STAMPS
from tramita.numbering.contracts.lifecycle import LineState, LineTrigger

S = LineState

_WAY: Final = (to_translate("Asked for"), to_translate("Number"), to_translate("Line live"))
_REACHED: Final[Mapping[LineState, int]] = {
    S.REQUESTED: 1,
    S.NUMBERED: 2,
    S.LIVE: 3,
    S.ENDED: 3,
    S.RETURNED: 2,
    S.FAILED: 1,
    S.CANCELLED: 1,
}
PARTS: Final[Mapping[str, PartWords]] = {
    "mobile_lines": PartWords(
        to_translate("Line"),
        {state: one.stamp for state, one in STAGES.items()},
        {
            LineTrigger.BRING: to_translate("Got its number"),
            LineTrigger.GO_LIVE: to_translate("Went live"),
            LineTrigger.END: to_translate("Ended"),
            LineTrigger.GIVE_BACK: to_translate("Number given back"),
            LineTrigger.FAIL: to_translate("Got no number"),
            LineTrigger.CANCEL: to_translate("Cancelled"),
        },
    ),
    "phone_number": PartWords(
        to_translate("Number"),
        {status.value: stamp for status, stamp in NUMBER_STAMPS.items()},
        MOVES,
    ),
}


async def show_line(work: UnitOfWork, contract_id: UUID) -> Shown | None:
    """How a mobile contract stands; none before it was ever looked after."""
    rows = await work.fetch(
        """
        SELECT l.state, n.id, n.msisdn, n.assigned_sim_id, n.reserved_until, n.quarantine_until,
               n.status, n.carrier
        FROM mobile_lines AS l LEFT JOIN phone_number AS n ON n.contract_id = l.id
        WHERE l.id = $1 ORDER BY n.updated_at DESC LIMIT 1
        """,
        contract_id,
    )
    if not rows:
        return None
    [row] = rows
    state = LineState(row["state"])
    facts = [
        (to_translate("Number"), row["msisdn"] and mask_phone(row["msisdn"])),
        (to_translate("SIM"), row["assigned_sim_id"] and mask_device(row["assigned_sim_id"])),
        (to_translate("Carrier"), row["carrier"]),
    ]
    return Shown(
        stamp=STAGES[state].stamp,
        route=route_of(
            _WAY,
            reached=_REACHED[state],
            is_over=state not in {S.REQUESTED, S.NUMBERED},
            is_bad=state is S.FAILED,
        ),
        waits=STAGES[state].next,
        until=row["quarantine_until"] if state is S.ENDED else row["reserved_until"],
        facts=[(label, value) for label, value in facts if value],
        links=[Link(to_translate("Its number"), "number", row["id"])] if row["id"] else [],
    )
