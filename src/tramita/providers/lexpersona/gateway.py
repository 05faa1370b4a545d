"""``SignatureBackend`` on Lex Persona: translate, call, classify.

A 403 with a code is a no to what was asked for (a profile that is not allowed); without one it
is somebody's on the way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlencode

from tramita.kit.answers import Reading, in_json, read_json
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.files import is_whole_pdf
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection
from tramita.providers.lexpersona import wire
from tramita.providers.lexpersona.client import LexPersonaClient, identified, is_identifier
from tramita.providers.lexpersona.settings import LexPersonaSettings
from tramita.providers.lexpersona.translate import (
    read_digest,
    read_documents,
    read_page,
    read_state,
    read_token,
    to_steps,
    to_workflow,
)
from tramita.providers.lexpersona.webhook import read_notice
from tramita.signatures.ports import (
    PROCEDURE_UNKNOWN,
    NewProcedure,
    ProcedureStatus,
    Signatory,
    SignatureState,
)

T = TypeVar("T")
W = TypeVar("W")
Heard = Answer | NotSent | Unknown

_LONGEST_REASON: Final = 300
_UNAUTHORIZED: Final = frozenset({401})
_NO_WORKFLOW: Final = "WorkflowNotFound"
_NO_EVENT: Final = "WebhookEventNotFound"


@dataclass(frozen=True)
class LexPersonaGateway:
    """Our workflows there; ``page`` is where people consent."""

    client: LexPersonaClient
    country: str
    page: str

    async def create_signing_procedure(self, new: NewProcedure, attempt: Attempt) -> Outcome[str]:
        """``POST /api/users/{user}/workflows``."""
        workflow = to_workflow(new, country=self.country, page=self.page)
        return _judge(await self.client.create(workflow, attempt), wire.WireId, _reference)

    async def find_signing_procedures(self, key: str, attempt: Attempt) -> Outcome[Sequence[str]]:
        """``GET /api/workflows?text=`` [assumed], and of those only what bears our key."""
        path = f"workflows?{urlencode({'text': key})}"

        def read(said: wire.WireWorkflows) -> Sequence[str]:
            return [
                one.id for one in said.items if one.description == key and is_identifier(one.id)
            ]

        return _judge(await self.client.call("GET", path, attempt), wire.WireWorkflows, read)

    async def upload_document(
        self, reference: str, content: bytes, attempt: Attempt
    ) -> Outcome[str]:
        """``POST /api/workflows/{id}/parts``."""

        def read(said: wire.WireUpload) -> str | NotUnderstood:
            digest = read_digest(said.parts[0]) if len(said.parts) == 1 else None
            return digest or NotUnderstood("the answer is not about one file")

        return _judge(await self.client.upload(reference, content, attempt), wire.WireUpload, read)

    async def list_documents(self, reference: str, attempt: Attempt) -> Outcome[Sequence[str]]:
        """``GET /api/workflows/{id}/documents`` [assumed]."""
        path = f"workflows/{identified(reference)}/documents"
        answer = await self.client.call("GET", path, attempt)
        return _judge(answer, wire.WireDocuments, lambda said: read_documents(said.items))

    async def start_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """``PATCH /api/workflows/{id}`` to "started"."""
        body = {"workflowStatus": "started"}
        answer = await self.client.workflow("PATCH", reference, attempt, body=body)
        return _judge(answer, wire.WireStatus, lambda said: _is_now(said, "started", "finished"))

    async def get_signature_invitation_link(
        self, references: Sequence[str], email: str, attempt: Attempt
    ) -> Outcome[str]:
        """An invitation to the first, by whose token all of them are asked for."""
        path = f"workflows/{identified(references[0])}/invite"
        body = {"recipientEmail": email}
        answer = await self.client.call("POST", path, attempt, body=body)
        token = _judge(answer, wire.WireInvitation, _token)
        if not isinstance(token, Done):
            return token
        asked = {"workflows": [identified(one) for one in references]}
        answer = await self.client.as_invited(token.value, "requests/", attempt, body=asked)
        return _judge(answer, wire.WireRequest, read_page)

    async def get_signature_state(
        self, reference: str, attempt: Attempt
    ) -> Outcome[SignatureState]:
        """``GET /api/workflows/{id}/``; ``Refused`` only where it says that there is none."""
        path = f"workflows/{identified(reference)}/"

        def read(said: wire.WireWorkflow) -> SignatureState | NotUnderstood:
            if said.id != reference:
                return NotUnderstood("the answer is about another workflow")
            return read_state(said)

        outcome = _judge(await self.client.call("GET", path, attempt), wire.WireWorkflow, read)
        if isinstance(outcome, Refused) and outcome.code != PROCEDURE_UNKNOWN:
            return Unknown(f"{outcome.code}: {outcome.reason}")
        return outcome

    async def update_signatories(
        self, reference: str, signatories: Sequence[Signatory], attempt: Attempt
    ) -> Outcome[None]:
        """``PATCH /api/workflows/{id}/`` with the steps that are not finished."""
        steps = to_steps(signatories, None, country=self.country, page=self.page)
        path = f"workflows/{identified(reference)}/"
        answer = await self.client.call("PATCH", path, attempt, body={"steps": steps})
        return _judge(answer, wire.WireId, _nothing)

    async def abort_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """``PATCH /api/workflows/{id}`` to "stopped"; what has ended is left as it is."""
        body = {"workflowStatus": "stopped"}
        answer = await self.client.workflow("PATCH", reference, attempt, body=body)
        return _judge(answer, wire.WireStatus, lambda said: _is_now(said, "stopped", "finished"))

    async def delete_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """``DELETE /api/workflows/{id}``."""
        answer = await self.client.workflow("DELETE", reference, attempt)
        return _judge(answer, wire.WireStatus, lambda said: _is_now(said, "stopped"))

    async def get_signed_file(self, reference: str, attempt: Attempt) -> Outcome[bytes]:
        """``GET /api/workflows/{id}/downloadDocuments``, once the workflow is finished.

        Before, it answers with what nobody has signed.
        """
        state = await self.get_signature_state(reference, attempt)
        if not isinstance(state, Done):
            return state
        if state.value.status is not ProcedureStatus.FINISHED:
            return Refused("not_signed", f"the workflow is {state.value.status}")
        path = f"workflows/{identified(reference)}/downloadDocuments"
        answer = await self.client.call("GET", path, attempt)
        return _READING.judge(answer, _pdf)

    def read_notice(self, body: bytes) -> str | NotUnderstood:
        """The event that a notice names."""
        return read_notice(body)

    async def find_event(self, event: str, attempt: Attempt) -> Outcome[str | None]:
        """``GET /api/webhookEvents/{id}``."""
        path = f"webhookEvents/{identified(event)}"

        def read(said: wire.WireEvent) -> str | NotUnderstood | None:
            if said.id != event or not is_identifier(said.workflow_id):
                return NotUnderstood("the answer is about another event")
            return said.workflow_id

        outcome = _judge(await self.client.call("GET", path, attempt), wire.WireEvent, read)
        if isinstance(outcome, Refused):
            # Some answer it with a 400. Any other no is about us.
            known = outcome.code == _NO_EVENT
            return Done(None) if known else Unknown(f"{outcome.code}: {outcome.reason}")
        return outcome


def _judge(
    answer: Heard, kind: type[W], read: Callable[[W], T | NotUnderstood]
) -> Done[T] | Refused | NotSent | Unknown:
    def understood(answer: Answer) -> T | NotUnderstood:
        said = read_json(answer, kind)
        return said if isinstance(said, NotUnderstood) else read(said)

    return _READING.judge(answer, understood)


def _in_its_words(error: wire.WireError) -> Refused:
    code = PROCEDURE_UNKNOWN if error.code == _NO_WORKFLOW else error.code
    return Refused(code, error.message[:_LONGEST_REASON])


_READING: Final = Reading("Lex Persona", in_json(wire.WireError, _in_its_words), _UNAUTHORIZED)


def _reference(said: wire.WireId) -> str | NotUnderstood:
    return said.id if is_identifier(said.id) else NotUnderstood("an id that is none")


def _is_now(said: wire.WireStatus, *wanted: wire.WorkflowStatus) -> NotUnderstood | None:
    is_so = said.workflow_status in wanted
    return None if is_so else NotUnderstood(f"the workflow is {said.workflow_status}")


def _nothing(_: object) -> None:
    """What was asked for is done."""


def _token(said: wire.WireInvitation) -> str | NotUnderstood:
    return read_token(said.invite_url) or NotUnderstood("an invitation without a token")


def _pdf(answer: Answer) -> bytes | NotUnderstood:
    return answer.raw if is_whole_pdf(answer.raw) else NotUnderstood("it is no whole PDF")


def make_gateway(connection: Connection) -> LexPersonaGateway:
    """The gateway of this process."""
    settings: LexPersonaSettings = connection.settings
    json = JSONClient(connection.exchange, connection.secret("token"), "x-request-id")
    user, profile = connection.account("session_user_id"), connection.account("profile_id")
    client = LexPersonaClient(json, user, profile)
    return LexPersonaGateway(client, settings.country, connection.account("consent_page_id"))
