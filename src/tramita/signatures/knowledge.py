"""Knowing how signatures stand without waiting for anybody's notice.

Whoever reads gets at once what is known; what is too old is asked for meanwhile, and whoever
wants to may wait a little for it.
"""

import asyncio
from collections.abc import Collection, Iterable
from contextlib import suppress
from uuid import UUID

from tramita.kit.runtime import Runtime
from tramita.signatures.journey.refresh import enqueue_stale
from tramita.signatures.lifecycle import SUBMITTED
from tramita.signatures.queries import SignatureStanding, SignatureView, signature_state
from tramita.signatures.rows import topic_of
from tramita.signatures.settings import SignatureSettings

LONGEST_WAIT = 30.0


async def refresh_stale(runtime: Runtime, contract_ids: Collection[UUID]) -> None:
    """Have the service asked about those of which what is known is too old; waits for no answer."""
    settings = runtime.configured(SignatureSettings)
    async with runtime.database.unit_of_work(actor="reader") as work:
        await enqueue_stale(work, contract_ids, settings.stale_after)


async def refresh_known(runtime: Runtime, known: Iterable[SignatureStanding | None]) -> None:
    """The same of what has just been read, which costs nothing where nothing is too old."""
    stale_after = runtime.configured(SignatureSettings).stale_after
    stale = [one.contract_id for one in known if one is not None and one.is_stale(stale_after)]
    if stale:
        await refresh_stale(runtime, stale)


async def wait_for_state(runtime: Runtime, contract_id: UUID, seconds: float) -> SignatureView:
    """How a contract's signatures stand, after a change or after so many seconds.

    Only what may still change is waited for. Raises ``NotSubmittedForSignature``.
    """
    async with runtime.live.subscribe(topic_of(contract_id)) as changes:
        known = await _read(runtime, contract_id)
        if known.state in SUBMITTED:
            await refresh_stale(runtime, [contract_id])
        if seconds <= 0 or known.state not in SUBMITTED:
            return known
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, LONGEST_WAIT)):
                await changes.messages.get()
    return await _read(runtime, contract_id)


async def _read(runtime: Runtime, contract_id: UUID) -> SignatureView:
    async with runtime.database.unit_of_work() as work:
        return await signature_state(work, contract_id)
