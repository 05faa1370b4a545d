"""QI Tech keeps what every lender promises, and of what it can do beyond."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests.portability.examples import PROPOSAL
from tests.providers.qitech.simulator.partner import jpeg
from tramita.kit.outcome import NotSent, Unknown
from tramita.portability.ports import Picture, Proposal, ProposalGateway, Stage
from tramita.providers.qitech.plugin import provider
from tramita.testing.gateways import Method, done
from tramita.testing.lenders import LenderSuite, Offered, stands_at
from tramita.testing.messages import MessageSuite
from tramita.testing.scene import Scene, attempt

PICTURE = Picture("selfie", jpeg(size=100_000))
SIGNED = ("client", "sign")
SUBMITTED = ("partner", "submit")
WITH_BALANCE = (("ctc", "accept"), ("origin_bank", "send_balance"))


def proposal(contract_number: str) -> Proposal:
    """The example without pictures, with its first instalment in some six weeks."""
    month = datetime.now(UTC).date().replace(day=1) + timedelta(days=63)
    terms = replace(PROPOSAL.terms, first_due_date=date(month.year, month.month, 7))
    return replace(PROPOSAL, contract_number=contract_number, terms=terms, documents=())


class TestQITech(LenderSuite):
    """Which signs its answers, takes pictures and lets one link sign a group."""

    provider = provider
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
        done(await scene.gateway.submit_proposal(known.ref, attempt()))
        for act in WITH_BALANCE:
            await scene.vendor.person(*act, contract_number=known.proposal.contract_number)
        return known

    async def group(self, scene: Scene[ProposalGateway]) -> object:
        """A group with a proposal in it."""
        key = done(await scene.gateway.open_signature_group(attempt()))
        member = replace(await self.new(scene), signature_group=key)
        done(await scene.gateway.insert_proposal(member, attempt()))
        return key

    def methods(self) -> Mapping[str, Method[ProposalGateway]]:
        """The whole port."""
        return {
            **super().methods(),
            "submit_proposal": Method(
                lambda us, known, of: us.submit_proposal(known.ref, of),
                self.held,
                is_act=True,
                is_bare=True,
                was_done=lambda us, known, _: stands_at(us, known, Stage.SUBMITTED),
            ),
            "accept_balance": Method(
                lambda us, known, of: us.accept_balance(known.ref, of),
                self.with_balance,
                is_act=True,
                is_bare=True,
                was_done=lambda us, known, _: stands_at(us, known, Stage.BALANCE_ACCEPTED),
            ),
            "recalculate": Method(
                lambda us, known, of: us.recalculate(
                    known.ref, known.answer.portability.key, Decimal("200.00"), of
                ),
                self.with_balance,
                is_act=True,
                is_bare=True,
            ),
            "upload_picture": Method(
                lambda us, _, of: us.upload_picture(PICTURE, of), is_act=True, is_once=False
            ),
            "open_signature_group": Method(
                lambda us, _, of: us.open_signature_group(of), is_act=True, is_once=False
            ),
            "send_group_to_signature": Method(
                lambda us, key, of: us.send_group_to_signature(key, of), self.group, is_act=True
            ),
        }


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
