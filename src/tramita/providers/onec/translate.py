"""1C's words in ours: pure and total."""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tramita.kit.outside import NotUnderstood
from tramita.providers.onec.links import internal_link
from tramita.providers.onec.values import read_number, read_time, write_time
from tramita.providers.onec.wire import (
    WireAck,
    WireConditions,
    WireCorrections,
    WireDocument,
    WireJob,
    WirePong,
    WireStatus,
    WireTold,
)
from tramita.transfers.ports import (
    Acknowledged,
    AgentTold,
    AttachedFile,
    Conditions,
    Corrections,
    DocumentRequest,
    DocumentTold,
    FilesTold,
    OfficeApplication,
    OfficeDocument,
    OfficeJob,
    OfficeJobState,
    PaymentTold,
    Pong,
    StatusTold,
)

_JOBS: Final = {
    10200: OfficeJobState.READY,
    10202: OfficeJobState.GENERATING,
    10500: OfficeJobState.FAILED,
}
_QUEUED: Final = "queued"
_CANCELLED: Final = "cancelled"
_YES: Final = frozenset({"true", "да", "истина", "1", "yes"})
_NO: Final = frozenset({"false", "нет", "ложь", "0", "no", ""})
_EMPTY: Final = UUID(int=0)


def to_application(one: OfficeApplication) -> dict[str, object]:
    """An application as the service takes it: names are identifiers, amounts texts."""
    return {
        "external_id": one.external_id,
        "revision": one.revision,
        "message_no": one.message_no,
        "chat_title": one.chat,
        "agent_name": one.agent,
        "fields": one.fields,
        "files": list_files(one.files),
    }


def list_files(files: Iterable[AttachedFile]) -> list[dict[str, object]]:
    """Files as the service takes them, each at the address where it may be fetched."""
    return [
        {
            "file_id": one.id,
            "kind": one.kind,
            "name": one.name,
            "size": one.size,
            "sha256": one.sha256,
            "url": one.url,
        }
        for one in files
    ]


def to_payment(told: PaymentTold, zone: ZoneInfo) -> dict[str, object]:
    """How a payment stands; 1C reads no offset, so the zone stands beside the time."""
    return {
        "external_id": told.external_id,
        "message_no": told.message_no,
        "payment_status": told.status,
        "time": write_time(told.at, zone),
        "time_zone": zone.key,
        "comment": told.note,
        "asset": list_files([told.proof])[0] if told.proof else None,
    }


def to_agent(told: AgentTold) -> dict[str, object]:
    """Who works on an application."""
    return {
        "external_id": told.external_id,
        "message_no": told.message_no,
        "agent_name": told.agent,
    }


def to_files(told: FilesTold) -> dict[str, object]:
    """What people have put to an application, in the words of an application's own."""
    return {
        "external_id": told.external_id,
        "message_no": told.message_no,
        "files": list_files(told.files),
    }


def to_request(request: DocumentRequest) -> dict[str, object]:
    """A document that is asked for."""
    return {
        "external_id": request.external_id,
        "message_no": request.message_no,
        "job_id": request.job_id,
        "kind": request.kind,
        "note": request.note,
    }


def read_ref(text: str) -> UUID:
    """1C's own name of an object; raises ``ValueError``, of the empty one too."""
    ref = UUID(text)
    if ref == _EMPTY:
        raise ValueError("the reference is empty")
    return ref


def read_office_document(said: WireDocument, zone: ZoneInfo) -> OfficeDocument | NotUnderstood:
    """The document of an application; its link follows from its reference."""
    try:
        ref = read_ref(said.ref_key)
        date = read_time(said.date, zone)
    except ValueError as error:
        return NotUnderstood(str(error))
    return OfficeDocument(
        said.external_id,
        str(ref),
        said.number,
        date,
        internal_link(ref),
        said.accepted_revision,
        said.state == _CANCELLED,
        said.message_no,
    )


def read_job(said: WireJob) -> OfficeJob | NotUnderstood:
    """How far a document is."""
    state = _JOBS.get(said.code)
    if state is None:
        return NotUnderstood(f"an unknown code {said.code} of a job")
    if state is OfficeJobState.GENERATING and said.state == _QUEUED:
        state = OfficeJobState.QUEUED
    return OfficeJob(said.job_id, said.job_id, state, said.message)


def read_pong(said: WirePong, zone: ZoneInfo) -> Pong | NotUnderstood:
    """What the base says of itself."""
    try:
        return Pong(said.version, read_time(said.time, zone))
    except ValueError as error:
        return NotUnderstood(str(error))


def read_conditions(said: WireConditions, zone: ZoneInfo) -> Conditions:
    """What was worked out; raises ``ValueError``."""
    return Conditions(
        said.message_no,
        said.revision,
        said.operator.strip(),
        read_number(said.rate),
        read_number(said.commission_percent),
        read_number(said.commission_fixed),
        read_number(said.payer_amount),
        said.payer_currency.strip().upper(),
        read_number(said.payout_amount),
        said.payout_currency.strip().upper(),
        said.account,
        read_time(said.valid_until, zone),
        said.terms_text.strip(),
        said.agent_id or None,
        read_flag(said.supersedes, otherwise=False),
    )


def read_corrections(said: WireCorrections) -> Corrections:
    """What is corrected, as it was written: a form judges its values itself."""
    return Corrections(said.message_no, said.revision, said.operator.strip(), said.fields)


def read_status(said: WireStatus, zone: ZoneInfo) -> StatusTold:
    """How something stands; raises ``ValueError``."""
    return StatusTold(
        said.message_no,
        said.status or None,
        said.payment_status or None,
        said.operator.strip(),
        said.comment.strip(),
        read_time(said.time, zone),
    )


def read_told(said: WireTold, zone: ZoneInfo) -> DocumentTold:
    """What a document is; raises ``ValueError``. Base64 may be broken into lines."""
    content = None
    if said.content is not None:
        content = b64decode("".join(said.content.split()), validate=True)
    return DocumentTold(
        said.message_no,
        said.kind.strip(),
        said.number.strip(),
        read_time(said.date, zone),
        said.sha256.strip().lower(),
        said.name.strip(),
        read_flag(said.visible_to_client, otherwise=True),
        said.job_id or None,
        content,
    )


def read_ack(said: WireAck, zone: ZoneInfo) -> Acknowledged:
    """What became of a message; raises ``ValueError``."""
    document = None
    if said.document is not None:
        found = read_office_document(said.document, zone)
        if isinstance(found, NotUnderstood):
            raise ValueError(found.why)
        document = found
    return Acknowledged(said.message_no, document, said.error.strip())


def read_flag(value: bool | str | int | None, *, otherwise: bool) -> bool:
    """A yes or no in whatever language; raises ``ValueError``."""
    if value is None:
        return otherwise
    text = str(value).strip().lower()
    if text not in _YES | _NO:
        raise ValueError(f"{value!r} is neither yes nor no")
    return text in _YES


def to_message(kind: str, message: object, zone: ZoneInfo) -> Mapping[str, Any]:
    """A message of ours as 1C fetches it: the same bodies that it is called with otherwise."""
    match message:
        case OfficeApplication():
            body = to_application(message)
        case PaymentTold():
            body = to_payment(message, zone)
        case AgentTold():
            body = to_agent(message)
        case FilesTold():
            body = to_files(message)
        case DocumentRequest():
            body = to_request(message)
        case _:
            body = dict(message) if isinstance(message, Mapping) else {}
    return {"kind": kind, "body": body}
