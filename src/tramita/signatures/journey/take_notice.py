"""``signatures.take_notice``: a signing service says that something happened.

Anybody may post such a notice, so it is believed of nothing: the service is asked what the event
it names is about, and how that procedure stands; what it answers is applied. A notice of an event
or a procedure that nobody knows is tried again for a while (it may have been quicker than our
own answer) and then kept as not understood, where the console shows it.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.jobs import Job
from tramita.kit.outcome import Done, Refused
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.signatures.journey.apply_states import apply_states
from tramita.signatures.journey.refresh import ask_state
from tramita.signatures.ports import SignatureNotices, SignatureState
from tramita.signatures.rows import Procedure, find_procedures
from tramita.signatures.settings import SignatureSettings

JOB: Final = "signatures.take_notice"
# An event that the service itself does not know is nobody's by then.
_STRANGE_FOR: Final = timedelta(minutes=10)
# How long a service may be away and its notice be waiting; the poll finds out besides.
_AWAY_FOR: Final = timedelta(days=3)
_AT_ONCE: Final = 20


async def take_notice(runtime: Runtime, message_id: UUID) -> None:
    """Find out what one notice is about, and apply how things stand."""
    async with runtime.database.unit_of_work(actor=JOB) as work:
        [message] = await inbox.find_waiting(work, [message_id])
    if message is None:
        return
    gateway = runtime.gateway(SignatureNotices, message.provider)
    event = inbox.read(gateway.read_notice, message.body)
    if isinstance(event, NotUnderstood):
        await _finish(runtime, message_id, message.provider, wrong=event)
        return
    found = await gateway.find_event(event, Attempt(message_id, f"event:{event}"))
    if not isinstance(found, Done):
        await _again(runtime, message_id, _AWAY_FOR, f"the event could not be asked for: {found}")
        return
    procedure = await _find(runtime, message.provider, found.value)
    if found.value is None or procedure is None:
        what = "event" if found.value is None else "procedure"
        await _again(runtime, message_id, _STRANGE_FOR, f"nobody knows its {what}")
        return
    said = await ask_state(runtime, procedure)
    if isinstance(said, Done | Refused):
        state = said.value if isinstance(said, Done) else None
        await _finish(runtime, message_id, message.provider, known=(procedure, state))
    else:
        await _again(runtime, message_id, _AWAY_FOR, "the procedure could not be asked about")


async def _find(runtime: Runtime, provider: str, reference: str | None) -> Procedure | None:
    if reference is None:
        return None
    async with runtime.database.unit_of_work(actor=JOB) as work:
        found = await find_procedures(
            work, "p.provider = $1 AND p.provider_reference = $2", provider, reference
        )
    return found[0] if found else None


async def _finish(
    runtime: Runtime,
    message_id: UUID,
    provider: str,
    *,
    known: tuple[Procedure, SignatureState | None] | None = None,
    wrong: NotUnderstood | None = None,
) -> None:
    """The effect and the mark commit together."""
    async with runtime.database.unit_of_work(actor=provider) as work:
        if await inbox.claim(work, message_id) is None:
            return
        if known is not None:
            procedure, state = known
            await apply_states(work, {procedure.id: state})
        await inbox.finish(work, message_id, wrong)


async def _again(runtime: Runtime, message_id: UUID, give_up_after: timedelta, why: str) -> None:
    first = runtime.configured(SignatureSettings).first_pause
    async with runtime.database.unit_of_work(actor=JOB) as work:
        if await inbox.claim(work, message_id) is None:
            return
        if not await inbox.postpone(
            work, message_id, job=JOB, first=first, give_up_after=give_up_after
        ):
            await inbox.finish(work, message_id, NotUnderstood(why))


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, take_notice, _AT_ONCE)]
