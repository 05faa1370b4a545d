"""The conformance suite of lenders: what every one can do, and what some can beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.portability.ports import (
    BalanceAcceptance,
    Picture,
    Pictures,
    Proposal,
    ProposalAnswer,
    ProposalGateway,
    ProposalRef,
    Recalculation,
    SignatureGroups,
    Stage,
    Submission,
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
    """What a lender is asked for is what its manifest names: the core, and its capabilities.

    ``knows_repetitions``: a proposal that comes again under its key is the same one there.
    Nobody relies on that: whoever doubts asks by contract number first. ``picture`` is one
    that a lender of ``Pictures`` takes.
    """

    port = ProposalGateway
    knows_repetitions: ClassVar[bool] = False
    picture: ClassVar[Picture]

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

    async def held(self, scene: Scene[ProposalGateway]) -> Offered:
        """For ``Submission``: one that is signed and waits to be submitted."""
        raise NotImplementedError

    async def with_balance(self, scene: Scene[ProposalGateway]) -> Offered:
        """For ``BalanceAcceptance`` and ``Recalculation``: one whose true balance was told."""
        raise NotImplementedError

    async def group(self, scene: Scene[ProposalGateway]) -> str:
        """For ``SignatureGroups``: one with a proposal in it."""
        key = done(await scene.of(SignatureGroups).open_signature_group(attempt()))
        member = replace(await self.new(scene), signature_group=key)
        done(await scene.gateway.insert_proposal(member, attempt()))
        return key

    def methods(self) -> Mapping[str, Method[ProposalGateway]]:
        """The core, and what belongs to each capability that the manifest names."""
        able = self.provider.ports
        return self._core() | {
            name: one for name, one in self._beside().items() if one.port in able
        }

    def _beside(self) -> dict[str, Method[Any]]:
        return {
            "submit_proposal": Method(
                lambda us, known, of: us.submit_proposal(known.ref, of),
                self.held,
                is_act=True,
                is_bare=True,
                was_done=lambda us, known, _: stands_at(us, known, Stage.SUBMITTED),
                port=Submission,
            ),
            "accept_balance": Method(
                lambda us, known, of: us.accept_balance(known.ref, of),
                self.with_balance,
                is_act=True,
                is_bare=True,
                was_done=lambda us, known, _: stands_at(us, known, Stage.BALANCE_ACCEPTED),
                port=BalanceAcceptance,
            ),
            "recalculate": Method(
                _lower, self.with_balance, is_act=True, is_bare=True, port=Recalculation
            ),
            "upload_picture": Method(
                lambda us, _, of: us.upload_picture(self.picture, of),
                is_act=True,
                is_once=False,
                port=Pictures,
            ),
            "open_signature_group": Method(
                lambda us, _, of: us.open_signature_group(of),
                is_act=True,
                is_once=False,
                port=SignatureGroups,
            ),
            "send_group_to_signature": Method(
                lambda us, key, of: us.send_group_to_signature(key, of),
                self.group,
                is_act=True,
                port=SignatureGroups,
            ),
        }

    def _core(self) -> dict[str, Method[ProposalGateway]]:
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


async def _lower(us: Recalculation, known: Offered, of: Attempt) -> Outcome[None]:
    loan = known.answer.portability
    amount = loan.terms.installments[0].amount - Decimal("1.00")
    return await us.recalculate(known.ref, loan.key, amount, of)


async def stands_at(us: ProposalGateway, known: Offered, *stages: Stage) -> bool:
    """Whether the lender shows a proposal at one of these."""
    news = done(await us.read_news(known.ref, attempt()))
    return news.stage in stages


async def _is_there(us: ProposalGateway, new: Any, _: str) -> bool:
    return bool(done(await us.find_proposals(new.contract_number, attempt())))
