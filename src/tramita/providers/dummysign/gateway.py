"""``SignatureBackend`` on the dummy, whose words are ours. It knows a request again by its id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote

from tramita.kit.answers import Reading, in_json
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Request
from tramita.kit.files import is_whole_pdf
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Outcome, Refused
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection
from tramita.providers.dummysign import wire
from tramita.signatures.ports import (
    NewProcedure,
    Signatory,
    SignatureState,
)

W = TypeVar("W")
T = TypeVar("T")


@dataclass(frozen=True)
class DummySignGateway:
    """Our access to the dummy."""

    client: JSONClient

    async def create_signing_procedure(self, new: NewProcedure, attempt: Attempt) -> Outcome[str]:
        """A draft."""
        body = {
            "key": new.key,
            "title": new.title,
            "signatories": list(new.signatories),
            "valid_seconds": new.valid_for.total_seconds(),
        }
        return await self._ask("create", body, attempt, wire.WireReference, _reference)

    async def find_signing_procedures(self, key: str, attempt: Attempt) -> Outcome[Sequence[str]]:
        """Those under our key."""
        read = wire.WireReferences
        return await self._ask("find", {"key": key}, attempt, read, lambda said: said.references)

    async def upload_document(
        self, reference: str, content: bytes, attempt: Attempt
    ) -> Outcome[str]:
        """The PDF, as it is."""
        shown = b"a PDF of %d bytes" % len(content)
        headers = {"content-type": "application/pdf", "x-request-id": attempt.key}
        path = f"/upload/{quote(reference, safe='')}"
        answer = await self.client.send(Request("POST", path, content, headers, shown), attempt)
        return _READING.judge(answer, in_json(wire.WireDigest, lambda said: said.digest))

    async def list_documents(self, reference: str, attempt: Attempt) -> Outcome[Sequence[str]]:
        """Their digests."""
        body = {"reference": reference}
        return await self._ask(
            "documents", body, attempt, wire.WireDigests, lambda said: said.digests
        )

    async def start_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """Let it be signed."""
        return await self._change("start", reference, attempt)

    async def get_signature_invitation_link(
        self, references: Sequence[str], email: str, attempt: Attempt
    ) -> Outcome[str]:
        """The page where all of them are signed."""
        body = {"references": list(references), "email": email}
        return await self._ask("invite", body, attempt, wire.WireLink, lambda said: said.link)

    async def get_signature_state(
        self, reference: str, attempt: Attempt
    ) -> Outcome[SignatureState]:
        """How it stands."""
        body = {"reference": reference}
        return await self._ask("state", body, attempt, wire.WireState, lambda said: said.state)

    async def update_signatories(
        self, reference: str, signatories: Sequence[Signatory], attempt: Attempt
    ) -> Outcome[None]:
        """Others sign for who has not."""
        body = {"reference": reference, "signatories": list(signatories)}
        return await self._ask("signatories", body, attempt, wire.WireReference, lambda _: None)

    async def abort_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """Nobody signs it any more."""
        return await self._change("abort", reference, attempt)

    async def delete_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """It is no more."""
        return await self._change("delete", reference, attempt)

    async def get_signed_file(self, reference: str, attempt: Attempt) -> Outcome[bytes]:
        """The document with its signatures."""
        answer = await self.client.call("POST", "/file", attempt, body={"reference": reference})
        return _READING.judge(answer, _pdf)

    async def _change(self, what: str, reference: str, attempt: Attempt) -> Outcome[None]:
        body = {"reference": reference}
        return await self._ask(what, body, attempt, wire.WireReference, lambda _: None)

    async def _ask(
        self,
        what: str,
        body: object,
        attempt: Attempt,
        kind: type[W],
        read: Callable[[W], T],
    ) -> Outcome[T]:
        answer = await self.client.call("POST", f"/{what}", attempt, body=body)
        return _READING.judge(answer, in_json(kind, read))


_READING: Final = Reading(
    "dummysign", in_json(wire.WireError, lambda no: Refused(no.code, no.message))
)


def _reference(said: wire.WireReference) -> str:
    return said.reference


def _pdf(answer: Answer) -> bytes | NotUnderstood:
    return answer.raw if is_whole_pdf(answer.raw) else NotUnderstood("it is no whole PDF")


def make_gateway(connection: Connection) -> DummySignGateway:
    """The gateway of this process."""
    token = connection.secret("token")
    return DummySignGateway(JSONClient(connection.exchange, token, "x-request-id"))
