"""``ProposalGateway`` on QI Tech: translate, call, classify."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from tramita.kit.exchange import Answer, Attempt
from tramita.kit.outcome import Done, NotSent, Outcome, Unknown
from tramita.kit.provider import Connection
from tramita.portability.ports import Proposal, ProposalAnswer, UnreadableAnswer
from tramita.providers.qitech.client import QITechClient
from tramita.providers.qitech.payload import PayloadBuilder, serialize
from tramita.providers.qitech.signing import AnswerVerifier, RequestSigner
from tramita.providers.qitech.translate import translate_proposal_answer, translate_refusal

log = structlog.get_logger(__name__)

PROPOSALS = "/v2/credit_transfer/proposal"

# Our credentials or our clock are wrong, not the contract: an alarm, no verdict on
# anybody's loan, and no storm of retries either.
_UNAUTHORIZED = 401
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
        builder = PayloadBuilder(
            proposal, purchaser_document_number=self.purchaser_document_number
        )
        body = serialize(builder.build())
        answer = await self.client.call("POST", PROPOSALS, body=body, attempt=attempt)
        return _classify(answer) if isinstance(answer, Answer) else answer


def _classify(answer: Answer) -> Outcome[ProposalAnswer | UnreadableAnswer]:
    match answer.status:
        case 200 | 201 | 202:
            return Done(translate_proposal_answer(answer.body))
        case status if status == _UNAUTHORIZED:
            refusal = translate_refusal(status, answer.body)
            log.error("qitech_rejects_credentials", code=refusal.code, reason=refusal.reason)
            return NotSent(f"QI Tech rejects our credentials: {refusal.code}", _AFTER_UNAUTHORIZED)
        case status if status == _CONFLICT:
            return Unknown("QI Tech says that this proposal exists already (HTTP 409)")
        case status if 400 <= status < 500:
            return translate_refusal(status, answer.body)
        case status:
            return Unknown(f"unexpected HTTP {status}")


def make_gateway(connection: Connection) -> QITechGateway:
    """The gateway of this process, keys parsed once."""
    settings, platform = connection.settings, connection.platform
    client = QITechClient(
        connection.exchange,
        RequestSigner(settings.client_key, settings.read_private_key(platform), settings.signing),
        AnswerVerifier(
            settings.client_key, settings.read_provider_key(platform), settings.signing
        ),
    )
    return QITechGateway(client, settings.purchaser_document_number)
