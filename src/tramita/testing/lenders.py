"""The conformance suite of ``ProposalGateway``: what every lender can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

from tramita.portability.ports import (
    Proposal,
    ProposalAnswer,
    ProposalGateway,
    ProposalRef,
    Stage,
    UnreadableAnswer,
)
from tramita.testing.gateways import ActingGatewaySuite, Method, done
from tramita.testing.scene import Scene, attempt


@dataclass(frozen=True, slots=True)
class Offered:
    """A proposal that the lender has taken."""

    provider: str
    proposal: Proposal
    answer: ProposalAnswer

    @property
    def ref(self) -> ProposalRef:
        """As later calls name it."""
        return ProposalRef(self.provider, self.answer.proposal_key, self.proposal.contract_number)


class LenderSuite(ActingGatewaySuite[ProposalGateway]):
    """A lender that can do more adds it to ``methods``.

    ``knows_repetitions``: a proposal that comes again under its key is the same one there.
    Nobody relies on that: whoever doubts asks by contract number first.
    """

    port = ProposalGateway
    knows_repetitions: ClassVar[bool] = False

    def proposal(self, contract_number: str) -> Proposal:
        """One that the simulator takes, whatever its number."""
        raise NotImplementedError

    async def new(self, _: Scene[ProposalGateway]) -> Proposal:
        """A proposal that the lender has not seen."""
        return self.proposal(f"C-{uuid4().hex[:12]}")

    async def offered(self, scene: Scene[ProposalGateway]) -> Offered:
        """A proposal that the lender has taken."""
        new = await self.new(scene)
        answer = done(await scene.gateway.insert_proposal(new, attempt()))
        assert isinstance(answer, ProposalAnswer), answer
        return Offered(self.provider.key, new, answer)

    def methods(self) -> Mapping[str, Method[ProposalGateway]]:
        """What every lender has."""
        return {
            "insert_proposal": Method(
                lambda us, new, of: us.insert_proposal(new, of),
                self.new,
                is_act=True,
                is_once=self.knows_repetitions,
                unreadable=UnreadableAnswer,
                was_done=_is_there,
            ),
            "find_proposals": Method(
                lambda us, known, of: us.find_proposals(known.proposal.contract_number, of),
                self.offered,
            ),
            "read_proposal": Method(
                lambda us, known, of: us.read_proposal(known.ref, of),
                self.offered,
                unreadable=UnreadableAnswer,
            ),
            "read_news": Method(lambda us, known, of: us.read_news(known.ref, of), self.offered),
            "cancel_proposal": Method(
                lambda us, known, of: us.cancel_proposal(known.ref, of),
                self.offered,
                is_act=True,
                is_bare=True,
                was_done=lambda us, known, _: stands_at(us, known, Stage.CANCELED),
            ),
        }


async def stands_at(us: ProposalGateway, known: Offered, *stages: Stage) -> bool:
    """Whether the lender shows a proposal at one of these."""
    news = done(await us.read_news(known.ref, attempt()))
    return news.stage in stages


async def _is_there(us: ProposalGateway, new: Any, _: str) -> bool:
    return bool(done(await us.find_proposals(new.contract_number, attempt())))
