"""Our whole side of the proposal call, without the platform, against QI Tech on a socket.

The simulator shares no code with what it answers here, so a slip in a unit, a field's
name or a signed byte shows as a signature that is not trusted or a rule that fails.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.control import QITechControl
from tests.kept_simulators import SIMULATORS
from tests.portability.examples import PROPOSAL, REFINANCING
from tramita.portability.ports import Policy, Proposal, ProposalAnswer
from tramita.portability.rules import Verdict, validate_proposal
from tramita.providers.qitech.payload import PayloadBuilder, serialize
from tramita.providers.qitech.signing import (
    AnswerVerifier,
    Distrust,
    Generation,
    ReceivedMessage,
    RequestSigner,
    SignatureNotTrusted,
)
from tramita.providers.qitech.simulator import make_simulator
from tramita.providers.qitech.translate import translate_proposal_answer
from tramita.simulation.keys import ensure_key_pair
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings

API_KEY = "a1c0e7d2-0000-4000-8000-000000000001"
PATH = "/v2/credit_transfer/proposal"
BRASILIA_OFFSET = timedelta(hours=3)


@dataclass
class Talk:
    """One partner that says a proposal and hears the answer, signed and verified."""

    qitech: QITechControl
    keys: Path

    async def judge(self, proposal: Proposal, generation: Generation = "v2") -> Verdict:
        """Send, verify, translate and judge."""
        plain = await self.send(proposal, generation)
        today = (datetime.now(UTC) - BRASILIA_OFFSET).date()
        return validate_proposal(
            proposal, translate_proposal_answer(plain), policy=Policy(), today=today
        )

    async def send(self, proposal: Proposal, generation: Generation = "v2") -> bytes:
        """Send the proposal and return the verified plain answer."""
        pem = ensure_key_pair(self.keys, "client").private_pem.decode()
        provider = ensure_key_pair(self.keys, "provider").public_pem.decode()
        payload = PayloadBuilder(proposal, purchaser_document_number="32402502000135").build()
        request = RequestSigner(API_KEY, pem, generation).sign(
            serialize(payload), method="POST", path=PATH, at=datetime.now(UTC)
        )
        async with self.qitech.session.post(
            "/qitech" + PATH, data=request.body, headers=request.headers
        ) as answer:
            message = ReceivedMessage(dict(answer.headers), await answer.read(), "POST", PATH)
        verifier = AnswerVerifier(API_KEY, provider, generation)
        return verifier.verify(message, at=datetime.now(UTC))


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """A partner and a fresh QI Tech."""
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=tmp_path))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession(url) as session:
        yield Talk(QITechControl(session), tmp_path / "qitech")


def proposal() -> Proposal:
    """The example, with its first instalment about six weeks from the real today."""
    month = datetime.now(UTC).date().replace(day=1) + timedelta(days=63)
    first_due = date(month.year, month.month, 7)
    terms = replace(PROPOSAL.terms, first_due_date=first_due)
    return replace(PROPOSAL, terms=terms, documents=())  # No picture was uploaded here.


def refinanced() -> Proposal:
    """The same with a refinancing that leaves a change of some thousands."""
    pure = proposal()
    terms = replace(REFINANCING, first_due_date=pure.terms.first_due_date)
    return replace(pure, refinancing=replace(terms, installment_amount=Decimal("300.00")))


@pytest.mark.parametrize("generation", ["v1", "v2"])
class TestAGoodConversation:
    @pytest.mark.parametrize("build", [proposal, refinanced])
    async def test_ends_without_a_single_failure(
        self, talk: Talk, generation: Generation, build: Any
    ) -> None:
        """What we ask for is what we get, to the cent, in both generations of signing."""
        judged = await talk.judge(build(), generation)

        assert () == judged.failures

    async def test_survives_numbers_written_as_strings(
        self, talk: Talk, generation: Generation
    ) -> None:
        """The same answer in another version of the page is as good."""
        await talk.qitech.fail("string_numbers")

        judged = await talk.judge(proposal(), generation)

        assert () == judged.failures

    async def test_is_distrusted_when_another_key_signs(
        self, talk: Talk, generation: Generation
    ) -> None:
        """An answer in QI Tech's name is not yet QI Tech's."""
        await talk.qitech.fail("wrong_signature")

        with pytest.raises(SignatureNotTrusted) as caught:
            await talk.send(proposal(), generation)

        assert Distrust.TOKEN_NOT_TRUSTED == caught.value.reason


class TestABentAnswer:
    @pytest.mark.parametrize(
        ("kind", "grade", "codes"),
        [
            ("mismatch_cpf", "reject", {"wrong_client"}),
            ("mismatch_contract", "reject", {"wrong_contract_number"}),
            ("mismatch_origin", "reject", {"wrong_origin_contract"}),
            ("mismatch_benefit", "reject", {"wrong_benefit"}),
            ("status_rejected", "reject", {"proposal_already_ended"}),
            ("higher_rate", "reject", {"rate_above_proposed", "rate_above_cap"}),
            ("higher_amount", "reject", {"amount_differs_from_balance"}),
            ("bad_schedule", "reject", {"due_dates_irregular"}),
            ("nonzero_change", "reject", {"change_in_pure_portability"}),
            ("client_fee", "reject", {"fees_charged"}),
            ("missing_document", "inconclusive", {"contract_document_missing"}),
            ("percent_rate", "inconclusive", {"answer_unreadable"}),
            ("missing_field", "inconclusive", {"answer_unreadable"}),
            ("wrong_type", "inconclusive", {"answer_unreadable"}),
            ("null_options", "inconclusive", {"answer_unreadable"}),
            ("accepted_202", "inconclusive", {"answer_unreadable"}),
        ],
    )
    async def test_is_named_for_what_is_wrong_with_it(
        self, talk: Talk, kind: str, grade: str, codes: set[str]
    ) -> None:
        """Each kind of bad answer leads to its own reasons and to nothing more."""
        await talk.qitech.fail(kind)

        judged = await talk.judge(proposal())

        assert codes == {failure.code.value for failure in judged.failures}
        assert grade == judged.grade.value

    async def test_that_cannot_be_read_still_gives_its_key(self, talk: Talk) -> None:
        """The proposal exists at QI Tech and must be found again."""
        await talk.qitech.fail("null_options")

        answer = translate_proposal_answer(await talk.send(proposal()))

        assert not isinstance(answer, ProposalAnswer)
        assert answer.proposal_key is not None
