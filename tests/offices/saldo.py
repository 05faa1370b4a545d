"""Saldo, an invented accounting service of another kind than 1C, as somebody else would write it.

It numbers its records, is asked for them by a code of its client's, takes a token, closes what is
given up, and makes no documents for anybody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import quote

from msgspec import Struct
from pydantic_settings import SettingsConfigDict

from tramita.kit.answers import Reading, in_json, read_json
from tramita.kit.attempt import Attempt
from tramita.kit.credentials import secret
from tramita.kit.exchange import Answer
from tramita.kit.json_client import JSONClient
from tramita.kit.outcome import Done, Outcome, Refused
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection, Provider, ProviderSettings
from tramita.transfers.ports import (
    AgentTold,
    BackOffice,
    DocumentRequest,
    FilesTold,
    OfficeApplication,
    OfficeDocument,
    OfficeJob,
    OfficeRefusal,
    PaymentTold,
    Pong,
)

T = TypeVar("T")

RECORDS: Final = "/v2/records"
_NO_DOCUMENTS: Final = Refused(OfficeRefusal.NOT_ACCEPTED, "Saldo makes no documents")
_CODES: Final = {
    "NO_SUCH_RECORD": OfficeRefusal.APPLICATION_UNKNOWN,
    "CODE_TAKEN": OfficeRefusal.OTHER,
    "OLD_EDITION": OfficeRefusal.REVISION_STALE,
}


class SaldoSettings(ProviderSettings):
    """Saldo lets in whoever shows a token."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_SALDO_", extra="ignore")

    token: str = secret("Our token.", demo="saldo-demonstration")


class WireRecord(Struct):
    """One record."""

    id: int
    code: str
    edition: int
    opened: datetime
    is_closed: bool


class WireRecords(Struct):
    """Those of a code."""

    items: list[WireRecord]


class WireHealth(Struct):
    """What Saldo says of itself."""

    release: str


class WireError(Struct):
    """Why it did not do something."""

    code: str
    message: str


def _no(answer: Answer) -> Refused | NotUnderstood:
    error = read_json(answer, WireError)
    if isinstance(error, NotUnderstood) or error.code not in _CODES:
        return NotUnderstood("not in Saldo's words")
    return Refused(_CODES[error.code], error.message)


READING: Final = Reading("Saldo", _no)


@dataclass(frozen=True)
class SaldoGateway:
    """Our access."""

    client: JSONClient

    async def create_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """A record of its own."""
        body = {"code": application.external_id, "edition": application.revision}
        answer = await self.client.call("POST", RECORDS, attempt, body=body)
        return READING.judge(answer, in_json(WireRecord, _document))

    async def find_application(
        self, external_id: str, attempt: Attempt
    ) -> Outcome[OfficeDocument | None]:
        """By our code."""

        def read(said: WireRecords) -> OfficeDocument | NotUnderstood | None:
            if any(one.code != external_id for one in said.items):
                return NotUnderstood("records of another code")
            return _document(said.items[0]) if said.items else None

        path = f"{RECORDS}?code={quote(external_id)}"
        return READING.judge(
            await self.client.call("GET", path, attempt), in_json(WireRecords, read)
        )

    async def update_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """A later edition."""
        body = {"edition": application.revision}
        path = f"{RECORDS}/{application.external_id}"
        answer = await self.client.call("PATCH", path, attempt, body=body)
        return READING.judge(answer, in_json(WireRecord, _document))

    async def cancel_application(
        self, external_id: str, reason: str, attempt: Attempt
    ) -> Outcome[None]:
        """Closed, with the reason."""
        path = f"{RECORDS}/{external_id}/close"
        answer = await self.client.call("POST", path, attempt, body={"reason": reason})
        said: Outcome[None] = READING.judge(answer, in_json(WireRecord, lambda _: None))
        if isinstance(said, Refused) and said.code == OfficeRefusal.APPLICATION_UNKNOWN:
            return Done(None)
        return said

    async def set_payment_status(self, told: PaymentTold, attempt: Attempt) -> Outcome[None]:
        """A note on the record."""
        path = f"{RECORDS}/{told.external_id}/notes"
        body = {"number": told.message_no, "text": told.status}
        answer = await self.client.call("POST", path, attempt, body=body)
        return READING.judge(answer, in_json(WireRecord, lambda _: None))

    async def set_agent(self, told: AgentTold, attempt: Attempt) -> Outcome[None]:
        """A note on the record."""
        path = f"{RECORDS}/{told.external_id}/notes"
        body = {"number": told.message_no, "text": f"agent: {told.agent}"}
        answer = await self.client.call("POST", path, attempt, body=body)
        return READING.judge(answer, in_json(WireRecord, lambda _: None))

    async def set_files(self, told: FilesTold, attempt: Attempt) -> Outcome[None]:
        """A note on the record."""
        path = f"{RECORDS}/{told.external_id}/notes"
        names = ", ".join(one.name for one in told.files)
        body = {"number": told.message_no, "text": f"files: {names}"}
        answer = await self.client.call("POST", path, attempt, body=body)
        return READING.judge(answer, in_json(WireRecord, lambda _: None))

    async def request_document(
        self, request: DocumentRequest, attempt: Attempt
    ) -> Outcome[OfficeJob]:
        """It makes none."""
        return _NO_DOCUMENTS

    async def find_document_job(
        self, external_id: str, job_id: str, attempt: Attempt
    ) -> Outcome[OfficeJob | None]:
        """Nobody can have asked."""
        return Done(None)

    async def is_there(self, attempt: Attempt) -> Outcome[Pong]:
        """Its release."""
        answer = await self.client.call("GET", "/v2/health", attempt)
        return READING.judge(answer, in_json(WireHealth, lambda said: Pong(said.release, None)))


def _document(said: WireRecord) -> OfficeDocument:
    number = f"S-{said.id}"
    return OfficeDocument(
        said.code, str(said.id), number, said.opened, "", said.edition, said.is_closed
    )


def make_gateway(connection: Connection) -> SaldoGateway:
    """The gateway of this process."""
    token = connection.secret("token")
    return SaldoGateway(JSONClient(connection.exchange, token, "x-request-id"))


provider = Provider(
    key="saldo",
    title="Saldo",
    settings=SaldoSettings,
    ports={BackOffice: make_gateway},
    simulator="tests.offices.saldo_simulator:make_simulator",
)
