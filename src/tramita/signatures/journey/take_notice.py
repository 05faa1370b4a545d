"""``signatures.take_notice``: a signing service says that something happened.

Anybody may post such a notice, so it is believed of nothing: the service is asked what the event
it names is about, and how that procedure stands; what it answers is applied. A notice of an event
or a procedure that nobody knows is tried again for a while (it may have been quicker than our
own answer). Then one of an event that the service itself does not know goes, as strangers fill nothing
here; one of a procedure of somebody else's is kept as not understood, where the console shows it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.jobs import Job
from tramita.kit.outcome import Done, Refused
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.kit.unsigned import drop
from tramita.signatures.journey.apply_states import apply_states
from tramita.signatures.journey.refresh import ask_state
from tramita.signatures.ports import SignatureNotices, SignatureState
from tramita.signatures.rows import Procedure, find_procedures
from tramita.signatures.settings import SignatureSettings

log = structlog.get_logger(__name__)

JOB: Final = "signatures.take_notice"
# An event that the service itself does not know is nobody's by then.
_STRANGE_FOR: Final = timedelta(minutes=10)
# How long a service may be away and its notice be waiting; the poll finds out besides.
_AWAY_FOR: Final = timedelta(days=3)
_AT_ONCE: Final = 20


def _reader(runtime: Runtime, sender: str) -> Callable[[bytes], str | NotUnderstood]:
    return runtime.gateway(SignatureNotices, sender).read_notice


async def _leave_open(*_: object) -> inbox.Open:
    return inbox.Open()


NOTICES: Final = inbox.Reading(JOB, _reader, inbox.one_by_one(_leave_open))


async def take_notice(runtime: Runtime, message_id: UUID) -> None:
    """Find out what one notice is about, and apply how things stand."""
    told = await NOTICES.deliver(runtime, message_id)
    if told is None:
        return
    gateway = runtime.gateway(SignatureNotices, told.provider)
    found = await gateway.find_event(told.said, Attempt(message_id, f"event:{told.said}"))
    if not isinstance(found, Done):
        await _again(runtime, told, _AWAY_FOR, f"the event could not be asked for: {found}")
        return
    if found.value is None:
        await _again(runtime, told, _STRANGE_FOR, None)
        return
    about = await _find(runtime, told.provider, found.value)
    if about is None:
        await _again(runtime, told, _STRANGE_FOR, "nobody knows its procedure")
        return
    procedure, asked_at = about
    said = await ask_state(runtime, procedure)
    if isinstance(said, Done | Refused):
        state = said.value if isinstance(said, Done) else None
        await _apply(runtime, told, procedure.id, state, asked_at=asked_at)
    else:
        await _again(runtime, told, _AWAY_FOR, "the procedure could not be asked about")


async def _find(
    runtime: Runtime, provider: str, reference: str
) -> tuple[Procedure, datetime] | None:
    """The procedure of a reference, and when it was looked for."""
    async with runtime.database.unit_of_work(actor=JOB) as work:
        found = await find_procedures(
            work, "p.provider = $1 AND p.provider_reference = $2", provider, reference
        )
        return (found[0], await work.now()) if found else None


async def _apply(
    runtime: Runtime,
    told: inbox.Told[str],
    procedure_id: UUID,
    state: SignatureState | None,
    *,
    asked_at: datetime,
) -> None:
    """The effect and the mark commit together."""
    lost_for = runtime.configured(SignatureSettings).lost_for
    async with runtime.database.unit_of_work(actor=told.provider) as work:
        claimed = await inbox.claim(work, [told.id])
        if claimed:
            await apply_states(work, {procedure_id: state}, lost_for, asked_at=asked_at)
            await NOTICES.settle(work, claimed, {told.id: inbox.About(procedure_id)})


async def _again(
    runtime: Runtime, told: inbox.Told[str], give_up_after: timedelta, why: str | None
) -> None:
    """Try it once more, or give it up by now: ``why`` it is kept, if it is somebody's at all."""
    first = runtime.configured(SignatureSettings).first_pause
    async with runtime.database.unit_of_work(actor=told.provider) as work:
        claimed = await inbox.claim(work, [told.id])
        is_over = any(one.age >= give_up_after for one in claimed.values())
        if is_over and why is None:
            log.warning("notice_of_nobody", provider=told.provider, notice=str(told.id))
            await drop(work, told.id)
            return
        left = NotUnderstood(why) if is_over and why else inbox.Later(first)
        await NOTICES.settle(work, claimed, {told.id: left})


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, take_notice, _AT_ONCE)]
