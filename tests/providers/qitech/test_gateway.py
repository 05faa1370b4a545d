"""Our acts at QI Tech over real HTTP, each with all the answers it can get."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from joserfc.jwk import ECKey

from tests.kept_simulators import SIMULATORS
from tests.portability.examples import PROPOSAL, REFINANCING
from tests.providers.qitech.simulator.partner import jpeg
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Exchange
from tramita.kit.outcome import Done, NotSent, Outcome, Refused
from tramita.portability.ports import (
    ConsentStatus,
    Document,
    Margin,
    Picture,
    Proposal,
    ProposalAnswer,
    ProposalRef,
    Stage,
)
from tramita.providers.qitech.client import QITechClient
from tramita.providers.qitech.gateway import QITechGateway
from tramita.providers.qitech.signing import AnswerVerifier, Generation, RequestSigner
from tramita.providers.qitech.simulator import make_simulator
from tramita.simulation.keys import ensure_key_pair
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings


def ref(key: str) -> ProposalRef:
    """A proposal of this key, as later calls name it."""
    return ProposalRef("qitech", key, PROPOSAL.contract_number)


API_KEY = "a1c0e7d2-0000-4000-8000-000000000001"
NOBODY = ref("00000000-0000-0000-0000-000000000007")
PICTURE = Picture("selfie", jpeg(size=1_500_000))


@dataclass
class Partner:
    """A gateway, and the simulator's control plane beside it."""

    gateway: QITechGateway
    session: aiohttp.ClientSession
    url: str

    async def order(self, path: str, body: dict[str, Any]) -> None:
        """Tell the simulator something."""
        async with self.session.post(f"{self.url}/__sim/{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()

    async def act(self, actor: str, action: str, **more: Any) -> None:
        """Have somebody act on the latest proposal."""
        await self.order("act", {"actor": actor, "action": action, **more})

    async def offer(self, **parts: Any) -> ProposalAnswer:
        """A proposal that QI Tech has taken."""
        outcome = await self.gateway.insert_proposal(proposal(**parts), attempt())
        assert isinstance(outcome, Done), outcome
        assert isinstance(outcome.value, ProposalAnswer)
        return outcome.value

    async def stage(self, key: str) -> Stage | None:
        """Where it stands."""
        outcome = await self.gateway.read_news(ref(key), attempt())
        assert isinstance(outcome, Done)
        return outcome.value.stage

    async def reach(self, *steps: tuple[str, str]) -> ProposalAnswer:
        """A proposal with which these acts were done."""
        answer = await self.offer()
        for actor, action in steps:
            await self.act(actor, action)
        return answer


@asynccontextmanager
async def opened(keys: Path, url: str, generation: Generation) -> AsyncIterator[QITechGateway]:
    """The gateway to whatever listens at ``url``."""
    client = ensure_key_pair(keys, "client").private_pem.decode()
    provider = ensure_key_pair(keys, "provider").public_pem.decode()
    async with Exchange("qitech", url, deadline=timedelta(seconds=30)) as exchange:
        yield QITechGateway(
            QITechClient(
                exchange,
                RequestSigner(API_KEY, client, generation),
                AnswerVerifier(API_KEY, provider, generation),
            ),
            "32402502000135",
        )


@asynccontextmanager
async def partnership(keys: Path, generation: Generation) -> AsyncIterator[Partner]:
    """A partner and a fresh QI Tech."""
    async with AsyncExitStack() as stack:
        simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=keys))
        url = await stack.enter_async_context(running_simulators([simulator])) + "/qitech"
        gateway = await stack.enter_async_context(opened(keys / "qitech", url, generation))
        yield Partner(gateway, await stack.enter_async_context(aiohttp.ClientSession()), url)


@pytest.fixture
async def partner(tmp_path: Path) -> AsyncIterator[Partner]:
    """A partner of the current generation."""
    async with partnership(tmp_path, "v2") as partner:
        yield partner


def attempt() -> Attempt:
    """An attempt at some operation."""
    return Attempt(uuid4(), "a key")


def proposal(**parts: Any) -> Proposal:
    """The example without pictures, with its first instalment in some six weeks."""
    month = datetime.now(UTC).date().replace(day=1) + timedelta(days=63)
    terms = replace(PROPOSAL.terms, first_due_date=date(month.year, month.month, 7))
    return replace(PROPOSAL, terms=terms, **{"documents": (), **parts})


SIGN = ("client", "sign")
ACCEPT_AT_CTC = ("ctc", "accept")
SEND_BALANCE = ("origin_bank", "send_balance")


class TestReading:
    async def test_shows_a_proposal_as_it_was_answered(self, partner: Partner) -> None:
        """The first answer again, as long as nothing has happened."""
        answer = await partner.offer()

        assert Done(answer) == await partner.gateway.read_proposal(
            ref(answer.proposal_key), attempt()
        )

    async def test_tells_where_it_stands(self, partner: Partner) -> None:
        """Stage, our number, the clearing house's, consent, balance, instalment."""
        answer = await partner.reach(SIGN, ACCEPT_AT_CTC, SEND_BALANCE)

        outcome = await partner.gateway.read_news(ref(answer.proposal_key), attempt())

        assert isinstance(outcome, Done)
        news = outcome.value
        assert (answer.proposal_key, Stage.BALANCE_RETURNED) == (news.proposal_key, news.stage)
        assert (PROPOSAL.contract_number, "accepted") == (news.contract_number, news.said)
        assert PROPOSAL.origin.last_due_balance == news.final_balance
        assert 21 == len(news.portability_number or "")
        assert news.consent is not None
        assert ConsentStatus.AWAITING == news.consent.status
        assert news.consent.expires_on is not None
        assert answer.portability.terms.installments[0].amount == news.installment_amount
        assert (None, None) == (news.margin, news.stop)

    async def test_tells_of_refinancing_and_margin(self, partner: Partner) -> None:
        """What happens once the origin bank is paid."""
        terms = replace(
            REFINANCING,
            first_due_date=proposal().terms.first_due_date,
            installment_amount=Decimal("300.00"),
        )
        answer = await partner.offer(refinancing=terms)
        for actor, action in (SIGN, ACCEPT_AT_CTC, SEND_BALANCE):
            await partner.act(actor, action)
        await partner.gateway.accept_balance(ref(answer.proposal_key), attempt())
        for actor, action in (
            ("qitech", "settle"),
            ("origin_bank", "confirm_settlement"),
            ("dataprev", "register"),
            ("qitech", "disburse_refinancing"),
        ):
            await partner.act(actor, action)

        outcome = await partner.gateway.read_news(ref(answer.proposal_key), attempt())

        assert isinstance(outcome, Done)
        assert Stage.PAID == outcome.value.stage
        assert Margin(is_registered=True) == outcome.value.margin
        assert "disbursed" == outcome.value.refinancing_status

    @pytest.mark.parametrize(
        ("actor", "action", "stage"),
        [
            ("origin_bank", "retain", Stage.RETAINED),
            ("origin_bank", "lapse", Stage.CANCELED),
            ("beneficiary", "deny", Stage.CANCELED),
        ],
    )
    async def test_tells_why_it_ended(
        self, partner: Partner, actor: str, action: str, stage: Stage
    ) -> None:
        """Code and words of who ended it."""
        answer = await partner.reach(SIGN, ACCEPT_AT_CTC, (actor, action))

        outcome = await partner.gateway.read_news(ref(answer.proposal_key), attempt())

        assert isinstance(outcome, Done)
        assert stage == outcome.value.stage
        assert outcome.value.stop is not None


@pytest.mark.parametrize("generation", ["v1", "v2"])
class TestMoves:
    async def test_lead_a_proposal_on(self, tmp_path: Path, generation: Generation) -> None:
        """Held, released, agreed to: each once, and then it is too late."""
        async with partnership(tmp_path, generation) as partner:
            gateway = partner.gateway
            await partner.act("operator", "set", submission="manual")
            answer = await partner.reach(SIGN)
            key, number = answer.proposal_key, answer.portability.key
            stages = [await partner.stage(key)]

            done: list[Outcome[None]] = [await gateway.submit_proposal(ref(key), attempt())]
            stages.append(await partner.stage(key))
            await partner.act(*ACCEPT_AT_CTC)
            await partner.act(*SEND_BALANCE)
            done.append(await gateway.recalculate(ref(key), number, Decimal("200.00"), attempt()))
            done.append(await gateway.accept_balance(ref(key), attempt()))
            stages.append(await partner.stage(key))
            late = await gateway.cancel_proposal(ref(key), attempt())

            news = await gateway.read_news(ref(key), attempt())
        assert [Stage.HELD, Stage.SUBMITTED, Stage.BALANCE_ACCEPTED] == stages
        assert [Done(None)] * 3 == done
        assert isinstance(late, Refused)
        assert isinstance(news, Done)
        assert Decimal("200.00") == news.value.installment_amount

    async def test_end_a_proposal(self, tmp_path: Path, generation: Generation) -> None:
        """Once; the second time there is nothing to end."""
        async with partnership(tmp_path, generation) as partner:
            answer = await partner.offer()
            key = answer.proposal_key

            first = await partner.gateway.cancel_proposal(ref(key), attempt())
            second = await partner.gateway.cancel_proposal(ref(key), attempt())

            assert Done(None) == first
            assert isinstance(second, Refused)
            assert Stage.CANCELED == await partner.stage(key)


@pytest.mark.parametrize("generation", ["v1", "v2"])
class TestFormalization:
    async def test_gives_a_group_one_link(self, tmp_path: Path, generation: Generation) -> None:
        """Proposals go in, the link comes out, and comes again."""
        async with partnership(tmp_path, generation) as partner:
            gateway = partner.gateway
            opened = await gateway.open_signature_group(attempt())
            assert isinstance(opened, Done)
            empty = await gateway.send_group_to_signature(opened.value, attempt())
            answer = await partner.offer(signature_group=opened.value)

            link = await gateway.send_group_to_signature(opened.value, attempt())
            again = await gateway.send_group_to_signature(opened.value, attempt())

        assert isinstance(empty, Refused)
        assert answer.signature_url is None
        assert isinstance(link, Done)
        assert link.value.startswith("http://")
        assert link == again

    async def test_stores_pictures_for_a_proposal(
        self, tmp_path: Path, generation: Generation
    ) -> None:
        """The key goes into the proposal; the picture into no journal."""
        async with partnership(tmp_path, generation) as partner:
            tried = attempt()
            stored = await partner.gateway.upload_picture(PICTURE, tried)
            assert isinstance(stored, Done), stored
            selfie = Document("selfie", "image/jpeg", 800, 600, 1_500_000, stored.value)

            answer = await partner.offer(documents=(selfie,))

        assert "created" == answer.said
        [exchanged] = tried.exchanges
        assert '{"file":"1500000 bytes"}' in exchanged.request
        assert "\x00" not in exchanged.request

    async def test_is_told_what_is_no_picture(self, tmp_path: Path, generation: Generation) -> None:
        """QI Tech's own words."""
        async with partnership(tmp_path, generation) as partner:
            outcome = await partner.gateway.upload_picture(Picture("selfie", b"GIF89a"), attempt())

        assert isinstance(outcome, Refused)
        assert "SSC000061" == outcome.code


Call = Callable[[QITechGateway, ProposalRef], Awaitable[Outcome[Any]]]

# Each call with the simulator's name of its operation.
CALLS: dict[str, Call] = {
    "read_proposal": lambda gateway, ref: gateway.read_proposal(ref, attempt()),
    "update_proposal": lambda gateway, key: gateway.cancel_proposal(key, attempt()),
    "recalculate": lambda gateway, ref: gateway.recalculate(ref, ref.key, Decimal(100), attempt()),
    "send_group": lambda gateway, ref: gateway.send_group_to_signature(ref.key, attempt()),
}


class TestEveryCall:
    @pytest.mark.parametrize("name", CALLS)
    async def test_about_nothing_is_refused(self, partner: Partner, name: str) -> None:
        """QI Tech does not know the key."""
        outcome = await CALLS[name](partner.gateway, NOBODY)

        assert isinstance(outcome, Refused), outcome

    async def test_with_rejected_credentials_was_not_sent(self, partner: Partner) -> None:
        """Our key is wrong; nobody's proposal is judged by that."""
        signer = RequestSigner(NOBODY.key, _foreign_key())
        client = replace(partner.gateway.client, signer=signer)

        outcome = await replace(partner.gateway, client=client).open_signature_group(attempt())

        assert isinstance(outcome, NotSent), outcome


def _foreign_key() -> str:
    return ECKey.generate_key("P-521", auto_kid=False).as_pem(private=True).decode()
