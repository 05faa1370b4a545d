"""Doubles of a contract's proposal: believed only by their own word.

That the provider can be asked for proposals by our contract number is assumed, on no
public page. Where it does not understand the question, its answer may list the
proposals of everybody; nothing may be cancelled for that.
"""

from collections.abc import Iterable

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.portability.journey.strays import is_over
from tramita.portability.ports import ProposalGateway, ProposalRef


async def confirm_doubles(
    gateway: ProposalGateway, refs: Iterable[ProposalRef], attempt: Attempt
) -> tuple[str, ...]:
    """The keys of those that live and, read by themselves, name the contract they are said to be."""
    confirmed = []
    for ref in refs:
        outcome = await gateway.read_news(ref, attempt)
        if not isinstance(outcome, Done) or outcome.value.contract_number != ref.contract_number:
            continue  # One that cannot be read now is found again by the next poll.
        if not is_over(outcome.value):
            confirmed.append(ref.key)
    return tuple(confirmed)


async def find_doubles(
    runtime: Runtime,
    provider: str,
    contract_number: str,
    attempt: Attempt,
    *,
    own: str | None = None,
) -> tuple[str, ...]:
    """Live proposals of a contract besides its ``own``, where the provider tells them."""
    gateway = runtime.gateway(ProposalGateway, provider)
    found = await gateway.find_proposals(contract_number, attempt)
    if not isinstance(found, Done):
        return ()  # It is asked again later; a double's webhook would tell, too.
    others = [
        ProposalRef(provider, one.key, contract_number)
        for one in found.value
        if one.is_live and one.key != own
    ]
    return await confirm_doubles(gateway, others, attempt)
