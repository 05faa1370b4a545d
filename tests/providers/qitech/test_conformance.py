"""QI Tech keeps what every lender promises, and of what it can do beyond."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.portability.examples import PROPOSAL
from tests.providers.qitech.simulator.partner import jpeg
from tramita.kit.outcome import NotSent, Unknown
from tramita.portability.ports import Picture, Proposal, ProposalGateway, Stage, Submission
from tramita.providers.qitech.plugin import provider
from tramita.testing.control import VendorControl
from tramita.testing.gateways import done
from tramita.testing.lender_journeys import Deed, LenderJourneySuite
from tramita.testing.lenders import LenderSuite, Offered
from tramita.testing.messages import MessageSuite
from tramita.testing.scene import Scene, attempt

SIGNED = ("client", "sign")
SUBMITTED = ("partner", "submit")
WITH_BALANCE = (("ctc", "accept"), ("origin_bank", "send_balance"))


def proposal(contract_number: str) -> Proposal:
    """The example without pictures, with its first instalment in some six weeks."""
    month = datetime.now(UTC).date().replace(day=1) + timedelta(days=63)
    terms = replace(PROPOSAL.terms, first_due_date=date(month.year, month.month, 7))
    return replace(PROPOSAL, contract_number=contract_number, terms=terms, documents=())


def by(actor: str, action: str) -> Deed:
    """What somebody around QI Tech does about a contract."""

    async def act(vendor: VendorControl, number: str) -> None:
        await vendor.person(actor, action, contract_number=number)

    return act


class TestQITech(LenderSuite):
    """Which signs its answers, takes pictures and lets one link sign a group."""

    provider = provider
    picture = Picture("selfie", jpeg(size=100_000))
    troubles = {"wrong_signature": Unknown, "401_clock": NotSent}
    private = (PROPOSAL.borrower.cpf, PROPOSAL.borrower.phone.number)

    def proposal(self, contract_number: str) -> Proposal:
        """As above."""
        return proposal(contract_number)

    async def arrange(self, scene: Scene[ProposalGateway]) -> None:
        """Signed proposals wait for our word."""
        await scene.vendor.operate("set", submission="manual")

    async def held(self, scene: Scene[ProposalGateway]) -> Offered:
        """One that is signed and waits to be submitted."""
        known = await self.offered(scene)
        await scene.vendor.person(*SIGNED, contract_number=known.proposal.contract_number)
        return known

    async def with_balance(self, scene: Scene[ProposalGateway]) -> Offered:
        """One whose true balance the origin bank has told."""
        known = await self.held(scene)
        done(await scene.of(Submission).submit_proposal(known.ref, attempt()))
        for act in WITH_BALANCE:
            await scene.vendor.person(*act, contract_number=known.proposal.contract_number)
        return known


class TestItsJourneys(LenderJourneySuite):
    """Signed, submitted by us, its balance told and agreed to, and paid."""

    provider = provider
    course = (
        (by(*SIGNED), Stage.SUBMITTED),
        (by("ctc", "accept"), Stage.AT_ORIGIN),
        (by("origin_bank", "send_balance"), Stage.BALANCE_ACCEPTED),
        (by("qitech", "settle"), Stage.CONFIRMING),
        (by("origin_bank", "confirm_settlement"), Stage.PAID),
    )

    def proposal(self, contract_number: str) -> Proposal:
        """As above."""
        return proposal(contract_number)

    async def arrange(self, scene: Scene[ProposalGateway]) -> None:
        """Signed proposals wait for our word, and for nobody's consent."""
        await scene.vendor.operate("set", submission="manual", consent=False)


class TestTheWebhooks(MessageSuite[ProposalGateway]):
    """A client who signs is told of."""

    provider = provider
    port = ProposalGateway

    async def provoke(self, scene: Scene[ProposalGateway]) -> None:
        """Have a client sign."""
        new = proposal(f"C-{attempt().key[:8]}")
        done(await scene.gateway.insert_proposal(new, attempt()))
        await scene.vendor.person(*SIGNED, contract_number=new.contract_number)

    def reader(self, scene: Scene[ProposalGateway]) -> Callable[[bytes], object]:
        """The gateway's own."""
        return scene.gateway.read_message
