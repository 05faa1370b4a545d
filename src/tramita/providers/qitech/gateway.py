"""``ProposalGateway`` on QI Tech: translate, call, classify."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import structlog

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.provider import Connection
from tramita.portability.ports import (
    FoundProposal,
    Proposal,
    ProposalAnswer,
    UnreadableAnswer,
)
from tramita.providers.qitech.client import QITechClient
from tramita.providers.qitech.payload import PayloadBuilder, serialize
from tramita.providers.qitech.signing import AnswerVerifier, RequestSigner
from tramita.providers.qitech.translate import (
    translate_found_proposals,
    translate_proposal_answer,
    translate_refusal,
)

log = structlog.get_logger(__name__)

PROPOSALS = "/v2/credit_transfer/proposal"

_OK = 200
_ACCEPTED = frozenset({200, 201, 202})
# Our credentials or our clock are wrong, not the contract: an alarm, no verdict on
# anybody's loan, and no storm of retries either.
_UNAUTHORIZED = 401
# Codes of QI Tech's gateway: no client key, an unknown one, a token it cannot read.
_AT_THE_DOOR = "GDF"
_AFTER_UNAUTHORIZED = timedelta(minutes=1)
# It exists already: which one, and whether it is ours, has to be asked.
_CONFLICT = 409


@dataclass(frozen=True)
class QITechGateway:
    """One partner's proposals."""

    client: QITechClient
    purchaser_document_number: str

    async def insert_proposal(
        self, proposal: Proposal, attempt: Attempt
    ) -> Outcome[ProposalAnswer | UnreadableAnswer]:
        """Create the proposal (``POST /v2/credit_transfer/proposal``)."""
        builder = PayloadBuilder(proposal, purchaser_document_number=self.purchaser_document_number)
        body = serialize(builder.build())
        answer = await self.client.call("POST", PROPOSALS, body=body, attempt=attempt)
        if not isinstance(answer, Answer):
            return answer
        if answer.status in _ACCEPTED:
            return Done(translate_proposal_answer(answer.body))
        return _classify(answer)

    async def find_proposals(
        self, contract_number: str, attempt: Attempt
    ) -> Outcome[tuple[FoundProposal, ...]]:
        """Ask by contract number (``GET /v2/credit_transfer/proposal``).

        Assumed: QI Tech shows such a query for debts, on no public page for proposals.
        """
        path = f"{PROPOSALS}?{urlencode({'contract_number': contract_number})}"
        answer = await self.client.call("GET", path, body=b"", attempt=attempt)
        if not isinstance(answer, Answer):
            return answer
        if answer.status != _OK:
            return _classify(answer)
        found = translate_found_proposals(answer.body)
        return Unknown("the list of proposals is unreadable") if found is None else Done(found)


def _classify(answer: Answer) -> Refused | NotSent | Unknown:
    """What an answer that is no success means."""
    if answer.status == _CONFLICT:
        return Unknown("QI Tech says that this proposal exists already (HTTP 409)")
    if not 400 <= answer.status < 500:
        return Unknown(f"unexpected HTTP {answer.status}")
    refusal = translate_refusal(answer.status, answer.body)
    if answer.status == _UNAUTHORIZED or refusal.code.startswith(_AT_THE_DOOR):
        log.error("qitech_rejects_credentials", code=refusal.code, reason=refusal.reason)
        return NotSent(f"QI Tech rejects our credentials: {refusal.code}", _AFTER_UNAUTHORIZED)
    return refusal


def make_gateway(connection: Connection) -> QITechGateway:
    """The gateway of this process, keys parsed once."""
    settings, platform = connection.settings, connection.platform
    client = QITechClient(
        connection.exchange,
        RequestSigner(settings.client_key, settings.read_private_key(platform), settings.signing),
        AnswerVerifier(settings.client_key, settings.read_provider_key(platform), settings.signing),
    )
    return QITechGateway(client, settings.purchaser_document_number)
