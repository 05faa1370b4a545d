"""Where people sign: one link for one contract, or for all that somebody may sign.

A link is made anew each time, while the person waits; asking for it changes nothing there that
matters, so nothing is kept of it but the exchange's metrics.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import assert_never
from uuid import UUID

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.signatures.errors import (
    DocumentOnItsWay,
    LinkOutcomeUnknown,
    NothingToSign,
    SeveralSigningServices,
    SigningServiceRefused,
    SigningServiceUnavailable,
)
from tramita.signatures.journey.refresh import BATCH, refresh
from tramita.signatures.lifecycle import SUBMITTED, SigningState
from tramita.signatures.ports import Party, SignatureBackend
from tramita.signatures.rows import Procedure, find_signatories, find_standing, topic_of
from tramita.signatures.settings import SignatureSettings

# Who signs in which state.
_TURN = {SigningState.SIGNING: Party.STUDENT, SigningState.HALF_SIGNED: Party.ORGANIZATION}
_ON_ITS_WAY = frozenset({SigningState.PREPARED, SigningState.SUBMITTING})


class Invitation(msgspec.Struct):
    """Where somebody signs, and what."""

    invitation_link: str
    contract_ids: list[UUID]


async def invitation_link(
    runtime: Runtime, contract_ids: Collection[UUID], email: str
) -> Invitation:
    """The link by which the person of this address signs those of the contracts that they may.

    A document that is on its way to the service is waited for. Raises ``NothingToSign``,
    ``DocumentOnItsWay``, ``SeveralSigningServices``, and what the service's answer comes to.
    """
    signable = await _find_signable(runtime, contract_ids, email)
    providers = {one.provider for one in signable}
    if len(providers) > 1:
        raise SeveralSigningServices(providers=", ".join(sorted(providers)))
    gateway = runtime.gateway(SignatureBackend, providers.pop())
    references = [one.provider_reference or "" for one in signable]
    attempt = Attempt(signable[0].id, f"link:{signable[0].id}")
    outcome = await gateway.get_signature_invitation_link(references, email, attempt)
    match outcome:
        case Done(link):
            return Invitation(link, [one.contract_id for one in signable])
        case Refused(code, reason):
            raise SigningServiceRefused(reason=f"{code}: {reason}")
        case NotSent():
            raise SigningServiceUnavailable
        case Unknown() | Pending():
            raise LinkOutcomeUnknown
        case _:
            assert_never(outcome)


async def _find_signable(
    runtime: Runtime, contract_ids: Collection[UUID], email: str
) -> Sequence[Procedure]:
    """What this person may sign now; while that is nothing yet, what is on its way is waited for."""
    seconds = runtime.configured(SignatureSettings).link_seconds
    signable, on_its_way = await _look(runtime, contract_ids, email)
    if not signable and not on_its_way:
        # The student may have signed, and nobody has told us yet.
        await refresh(runtime, await _find_submitted(runtime, contract_ids))
        signable, on_its_way = await _look(runtime, contract_ids, email)
    if not signable and on_its_way:
        with suppress(TimeoutError):
            async with (
                asyncio.timeout(seconds),
                runtime.live.subscribe(topic_of(on_its_way[0].contract_id)) as changes,
            ):
                while True:
                    signable, on_its_way = await _look(runtime, contract_ids, email)
                    if signable or not on_its_way:
                        break
                    await changes.messages.get()
    if signable:
        return signable
    raise DocumentOnItsWay if on_its_way else NothingToSign


async def _find_submitted(runtime: Runtime, contract_ids: Collection[UUID]) -> list[UUID]:
    async with runtime.database.unit_of_work() as work:
        standing = (await find_standing(work, contract_ids)).values()
    return [one.id for one in standing if one.state in SUBMITTED][:BATCH]


async def _look(
    runtime: Runtime, contract_ids: Collection[UUID], email: str
) -> tuple[list[Procedure], list[Procedure]]:
    """What this person may sign now, and what is not there yet that they may sign first."""
    async with runtime.database.unit_of_work() as work:
        standing = (await find_standing(work, contract_ids)).values()
        signatories = await find_signatories(work, [one.id for one in standing])

    def signs(one: Procedure, party: Party) -> bool:
        return any(
            known.party is party and known.email.casefold() == email.casefold()
            for known in signatories[one.id]
        )

    signable = [one for one in standing if one.state in SUBMITTED and signs(one, _TURN[one.state])]
    on_its_way = [one for one in standing if one.state in _ON_ITS_WAY and signs(one, Party.STUDENT)]
    return signable, on_its_way
