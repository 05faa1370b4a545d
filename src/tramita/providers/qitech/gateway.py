"""All that portability calls a lender for, on QI Tech: translate, call, classify."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlencode

from tramita.kit.answers import Reading
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection
from tramita.portability.ports import (
    Answered,
    FoundProposal,
    News,
    NotForUs,
    Picture,
    Policy,
    Proposal,
    ProposalAnswer,
    ProposalRef,
    UnreadableAnswer,
)
from tramita.providers.qitech import translate_news
from tramita.providers.qitech.attachments import make_form
from tramita.providers.qitech.client import QITechClient
from tramita.providers.qitech.payload import Payload, PayloadBuilder, serialize
from tramita.providers.qitech.signing import AnswerVerifier, RequestSigner
from tramita.providers.qitech.translate import (
    QIStatus,
    translate_found_proposals,
    translate_proposal_answer,
    translate_refusal,
)
from tramita.providers.qitech.translate_formalization import (
    read_document_key,
    read_group_key,
    read_group_link,
)

T = TypeVar("T")

PROPOSALS = "/v2/credit_transfer/proposal"
CREDIT_OPERATIONS = "/v2/credit_operation"
GROUPS = "/document/document_batch_group"
UPLOADS = "/upload"

_ACCEPTED = frozenset({200, 201, 202})
# Our credentials or our clock are wrong, not the contract.
_UNAUTHORIZED = 401
# Codes of QI Tech's gateway: no client key, an unknown one, a token it cannot read.
_AT_THE_DOOR = "GDF"
# The limits of its pages; from itself QI Tech moves no loan.
POLICY: Final = Policy(own_ispb="32402502")
# It exists already: which one, and whether it is ours, has to be asked.
_CONFLICT = 409


@dataclass(frozen=True)
class QITechGateway:
    """One partner's proposals."""

    client: QITechClient
    purchaser_document_number: str
    policy: Policy = POLICY

    async def insert_proposal(self, proposal: Proposal, attempt: Attempt) -> Outcome[Answered]:
        """Create the proposal (``POST /v2/credit_transfer/proposal``)."""
        builder = PayloadBuilder(proposal, purchaser_document_number=self.purchaser_document_number)
        body = serialize(builder.build())
        answer = await self.client.call("POST", PROPOSALS, body=body, attempt=attempt)
        return _understood(answer, translate_proposal_answer)

    async def find_proposals(
        self, contract_number: str, attempt: Attempt
    ) -> Outcome[tuple[FoundProposal, ...]]:
        """Ask by contract number (``GET /v2/credit_transfer/proposal``).

        Assumed: QI Tech shows such a query for debts, on no public page for proposals.
        """
        path = f"{PROPOSALS}?{urlencode({'contract_number': contract_number})}"
        read = partial(translate_found_proposals, contract_number=contract_number)
        return await self._ask(path, attempt, read=read)

    async def read_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[Answered]:
        """Read it again (``GET …/proposal/{key}``)."""
        outcome: Outcome[Answered] = await self._ask(
            f"{PROPOSALS}/{ref.key}", attempt, read=translate_proposal_answer
        )
        match outcome:
            case Done(ProposalAnswer(key) | UnreadableAnswer(proposal_key=key)) if key is not None:
                if key != ref.key:
                    return Unknown("the answer is about another proposal")
        return outcome

    async def read_news(self, ref: ProposalRef, attempt: Attempt) -> Outcome[News]:
        """Where it stands (``GET …/proposal/{key}``)."""
        now = self.client.clock()
        outcome = await self._ask(
            f"{PROPOSALS}/{ref.key}",
            attempt,
            read=lambda body: translate_news.read_proposal(body, at=now),
        )
        if isinstance(outcome, Done) and outcome.value.proposal_key != ref.key:
            return Unknown("the answer is about another proposal")
        return outcome

    def read_message(self, body: bytes) -> News | NotForUs | NotUnderstood:
        """A webhook in our words; see ``translate_news``."""
        return translate_news.read_message(body, at=self.client.clock())

    async def cancel_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """End it (``PATCH …/proposal/{key}``); assumed, no page shows a partner's cancellation."""
        return await self._move(ref, QIStatus.CANCELED, attempt)

    async def submit_proposal(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Release it to the clearing house (``PATCH …/proposal/{key}``)."""
        return await self._move(ref, QIStatus.PENDING_RESPONSE, attempt)

    async def accept_balance(self, ref: ProposalRef, attempt: Attempt) -> Outcome[None]:
        """Agree to the balance (``PATCH …/proposal/{key}``)."""
        return await self._move(ref, QIStatus.ACCEPTED_BY_REQUESTER, attempt)

    async def recalculate(
        self,
        _: ProposalRef,
        credit_operation_key: str,
        installment_amount: Decimal,
        attempt: Attempt,
    ) -> Outcome[None]:
        """Lower the instalment; QI Tech takes at least R$ 10.00 and less than the present one."""
        path = f"{CREDIT_OPERATIONS}/{credit_operation_key}/recalculate_portability"
        order: Payload = {"new_installment_amount": installment_amount}
        return await self._order("POST", path, order, attempt)

    async def upload_picture(self, picture: Picture, attempt: Attempt) -> Outcome[str]:
        """Store a JPEG of 250x250 pixels or more and at most 2 MB (``POST /upload``).

        Nothing at QI Tech tells one picture from another, so a repeated upload is a
        second document with a key of its own; an unused one does no harm.
        """
        form = make_form(picture.content)
        answer = await self.client.upload(UPLOADS, form=form, attempt=attempt)
        return _understood(answer, read_document_key)

    async def open_signature_group(self, attempt: Attempt) -> Outcome[str]:
        """Open a group (``POST /document/document_batch_group``)."""
        answer = await self.client.call("POST", GROUPS, body=serialize({}), attempt=attempt)
        return _understood(answer, read_group_key)

    async def send_group_to_signature(self, group_key: str, attempt: Attempt) -> Outcome[str]:
        """Close the group (``PUT …/send_to_signature``).

        A group that was sent before cannot be sent again; its link is then read.
        """
        path = f"{GROUPS}/{group_key}"
        answer = await self.client.call(
            "PUT", f"{path}/send_to_signature", body=serialize({}), attempt=attempt
        )
        sent = _understood(answer, read_group_link)
        if not isinstance(sent, Refused):
            return sent
        shown = await self.client.call("GET", path, body=b"", attempt=attempt)
        if not isinstance(shown, Answer):
            return shown
        link = read_group_link(shown.body) if shown.status in _ACCEPTED else None
        return sent if link is None else Done(link)

    async def _ask(
        self, path: str, attempt: Attempt, *, read: Callable[[bytes], T | None]
    ) -> Outcome[T]:
        answer = await self.client.call("GET", path, body=b"", attempt=attempt)
        return _understood(answer, read)

    async def _move(self, ref: ProposalRef, to: QIStatus, attempt: Attempt) -> Outcome[None]:
        order: Payload = {"status": to.value}
        return await self._order("PATCH", f"{PROPOSALS}/{ref.key}", order, attempt)

    async def _order(
        self, method: str, path: str, order: Payload, attempt: Attempt
    ) -> Outcome[None]:
        answer = await self.client.call(method, path, body=serialize(order), attempt=attempt)
        # Which status is accepted says all.
        return _READING.judge(answer, lambda _: None, good=_ACCEPTED)


def _understood(
    answer: Answer | NotSent | Unknown, read: Callable[[bytes], T | None]
) -> Done[T] | Refused | NotSent | Unknown:
    """An answer in our words; one that ``read`` finds nothing in is no answer."""

    def understand(answer: Answer) -> T | NotUnderstood:
        value = read(answer.body)
        return NotUnderstood("nothing that was asked for is in it") if value is None else value

    return _READING.judge(answer, understand, good=_ACCEPTED)


def _in_its_words(answer: Answer) -> Refused | NotSent | Unknown | None:
    """What QI Tech's no means; one that it has not signed is somebody's on the way."""
    refusal = translate_refusal(answer.status, answer.body)
    if answer.status == _UNAUTHORIZED or refusal.code.startswith(_AT_THE_DOOR):
        return _READING.rejected(refusal.code)
    if answer.status == _CONFLICT:
        return Unknown("QI Tech says that this proposal exists already (HTTP 409)")
    return refusal if "authorization" in answer.headers else None


# A 403 is a verdict of QI Tech's on what was asked for: it says so in its own words.
_READING: Final = Reading("QI Tech", _in_its_words, unauthorized=())


def make_gateway(connection: Connection) -> QITechGateway:
    """The gateway of this process, keys parsed once."""
    settings, platform = connection.settings, connection.platform
    client_key = connection.secret("client_key")
    client = QITechClient(
        connection.exchange,
        RequestSigner(client_key, settings.read_private_key(platform), settings.signing),
        AnswerVerifier(client_key, settings.read_provider_key(platform), settings.signing),
    )
    return QITechGateway(client, settings.purchaser_document_number)
