"""A lender of another kind than QI Tech keeps the same promises, from a package outside ours."""

from collections.abc import Callable
from pathlib import Path

from tests.lenders.brisa.plugin import provider
from tests.providers.qitech.test_conformance import proposal
from tramita.kit.outcome import Pending
from tramita.portability.ports import (
    EndedProposal,
    Proposal,
    ProposalAnswer,
    ProposalGateway,
    ProposalRef,
    Stage,
    StopReason,
)
from tramita.testing.control import VendorControl
from tramita.testing.gateways import done
from tramita.testing.lender_journeys import Deed, LenderJourneySuite
from tramita.testing.lenders import LenderSuite, Offered
from tramita.testing.messages import MessageSuite
from tramita.testing.scene import Scene, attempt
from tramita.testing.waiting import until


class TestBrisa(LenderSuite):
    """Which decides later, and lets in who shows a token of its own."""

    provider = provider
    knows_repetitions = True
    private = (proposal("").borrower.cpf,)

    def proposal(self, contract_number: str) -> Proposal:
        """That of the others."""
        return proposal(contract_number)

    async def arrange(self, scene: Scene[ProposalGateway]) -> None:
        """Whoever asks has a token already: trouble is that of the call itself."""
        done(await scene.gateway.find_proposals("none", attempt()))

    async def offered(self, scene: Scene[ProposalGateway]) -> Offered:
        """One that its operator has approved."""
        new = await self.new(scene)
        taken = await scene.gateway.insert_proposal(new, attempt())
        assert isinstance(taken, Pending)
        await scene.vendor.operate("approve", reference=new.contract_number)
        ref = ProposalRef(provider.key, taken.reference, new.contract_number)
        answer = done(await scene.gateway.read_proposal(ref, attempt()))
        assert isinstance(answer, ProposalAnswer)
        return Offered(provider.key, new, answer)

    async def test_tells_its_no_in_its_own_words(self, tmp_path: Path) -> None:
        """Taken, then declined: nothing was refused to us, and no loan is made up."""
        async with self.scene(tmp_path) as scene:
            new = await self.new(scene)
            taken = await scene.gateway.insert_proposal(new, attempt())
            assert isinstance(taken, Pending)
            ref = ProposalRef(provider.key, taken.reference, new.contract_number)
            waiting = await scene.gateway.read_proposal(ref, attempt())
            await scene.vendor.operate("decline", reference=new.contract_number)

            ended = done(await scene.gateway.read_proposal(ref, attempt()))
            news = done(await scene.gateway.read_news(ref, attempt()))

        why = StopReason("credit_policy", "The income is too low.", is_lenders_own=True)
        assert taken == waiting
        assert EndedProposal(ref, Stage.REJECTED, why) == ended
        assert (Stage.REJECTED, why) == (news.stage, news.stop)

    async def test_shows_another_token_when_one_is_revoked(self, tmp_path: Path) -> None:
        """In the same call: rejected, a new token, and done."""
        async with self.scene(tmp_path) as scene:
            known, asked = await self.offered(scene), attempt()
            await scene.vendor.operate("revoke_tokens")

            await scene.gateway.cancel_proposal(known.ref, asked)

            tokens = [
                line
                for said in asked.exchanges
                for line in said.answer.split('"')
                if len(line) == 32
            ]

        assert [401, 200, 204] == [said.status for said in asked.exchanges]
        assert [] == tokens


def order(action: str) -> Deed:
    """What Brisa's operator does about a contract."""

    async def act(vendor: VendorControl, number: str) -> None:
        await vendor.operate(action, reference=number)

    return act


class TestItsJourneys(LenderJourneySuite):
    """Decided later; it submits and settles by itself."""

    provider = provider
    course = (
        (order("sign"), Stage.SUBMITTED),
        (order("tell_balance"), Stage.BALANCE_RETURNED),
        (order("pay"), Stage.PAID),
    )

    def proposal(self, contract_number: str) -> Proposal:
        """That of the others."""
        return proposal(contract_number)

    async def approve(self, vendor: VendorControl, number: str) -> None:
        """Once Brisa has it."""

        async def can_be() -> bool:
            return await vendor.may("operator", "approve", reference=number)

        await until(can_be)


class TestItsMessages(MessageSuite[ProposalGateway]):
    """Which bear a password, and no signature."""

    provider = provider
    port = ProposalGateway
    signs_bodies = False

    async def provoke(self, scene: Scene[ProposalGateway]) -> None:
        """Apply."""
        await scene.gateway.insert_proposal(proposal(attempt().key), attempt())

    def reader(self, scene: Scene[ProposalGateway]) -> Callable[[bytes], object]:
        """The gateway's own."""
        return scene.gateway.read_message
