"""Doubles of a contract's proposal: believed only by their own word.

That the provider can be asked for proposals by our contract number is assumed, on no
public page. Where it does not understand the question, its answer may list the
proposals of everybody; nothing may be cancelled for that.
"""

from collections.abc import Iterable
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done
from tramita.portability.journey.strays import is_over
from tramita.portability.ports import ProposalGateway


async def confirm_doubles(
    gateway: ProposalGateway, keys: Iterable[UUID], *, contract_number: str, attempt: Attempt
) -> tuple[UUID, ...]:
    """Those of ``keys`` that live and, read by themselves, name this contract."""
    confirmed = []
    for key in keys:
        outcome = await gateway.read_news(key, attempt)
        if not isinstance(outcome, Done) or outcome.value.contract_number != contract_number:
            continue  # One that cannot be read now is found again by the next poll.
        if not is_over(outcome.value):
            confirmed.append(key)
    return tuple(confirmed)


async def find_doubles(
    gateway: ProposalGateway, contract_number: str, attempt: Attempt, *, own: UUID | None = None
) -> tuple[UUID, ...]:
    """Live proposals of a contract besides its ``own``, where the provider tells them."""
    found = await gateway.find_proposals(contract_number, attempt)
    if not isinstance(found, Done):
        return ()  # It is asked again later; a double's webhook would tell, too.
    others = [one.key for one in found.value if one.is_live and one.key != own]
    return await confirm_doubles(gateway, others, contract_number=contract_number, attempt=attempt)
