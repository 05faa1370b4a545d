"""What is known of a lender without asking it: its limits, and what it can do."""

from dataclasses import dataclass, field

from tramita.kit.runtime import Runtime
from tramita.portability.ports import CAPABILITIES, Policy, ProposalGateway


@dataclass(frozen=True, slots=True)
class LenderProfile:
    """A lender as its manifest declares it; ``capabilities`` are of ``ports.CAPABILITIES``."""

    provider: str
    policy: Policy = field(default_factory=Policy)
    capabilities: frozenset[type] = CAPABILITIES

    def can(self, capability: type) -> bool:
        """Whether the lender has it; what it has not is never prepared."""
        return capability in self.capabilities


def profile_of(runtime: Runtime, provider: str) -> LenderProfile:
    """The profile of a lender.

    One that this process is not connected to has the house's limits, and where it is not
    even installed it may be able to do anything: what is prepared for it waits.
    """
    capabilities = frozenset(one for one in CAPABILITIES if runtime.can(provider, one))
    if runtime.missing(provider) is not None:
        return LenderProfile(provider, capabilities=capabilities)
    policy = runtime.gateway(ProposalGateway, provider).policy
    return LenderProfile(provider, policy, capabilities)
