"""Our words in the attributes of the base's objects, and back: pure and total."""

from collections.abc import Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tramita.kit.outside import NotUnderstood
from tramita.providers.onec.links import internal_link
from tramita.providers.onec.odata.wire import Whole, WireApplication, WireRequest
from tramita.providers.onec.translate import list_files, read_flag, read_ref
from tramita.providers.onec.values import read_number, read_time, write_time
from tramita.transfers.ports import (
    AgentTold,
    AttachedFile,
    DocumentRequest,
    FilesTold,
    OfficeApplication,
    OfficeDocument,
    OfficeJob,
    OfficeJobState,
    PaymentTold,
)


class Known(msgspec.Struct, frozen=True):
    """An application's document as it stands in the base."""

    document: OfficeDocument
    ref: UUID
    version: str
    revision: int
    payment: str
    payment_message: int
    is_given_up: bool


def write_application(one: OfficeApplication) -> dict[str, object]:
    """A revision; what people look for has attributes of its own, all of it is in ``ДанныеЗаявки``."""
    payer, money = one.fields.get("payer") or {}, one.fields.get("money") or {}
    beneficiary = one.fields.get("beneficiary") or {}
    return {
        "ВнешнийИдентификатор": one.external_id,
        "Ревизия": one.revision,
        "ПринятаяРевизия": 0,
        "НомерСообщения": one.message_no,
        "Чат": one.chat,
        "Агент": one.agent,
        "Плательщик": str(payer.get("name") or ""),
        "ИННПлательщика": str(payer.get("inn") or ""),
        "Получатель": str(beneficiary.get("name") or ""),
        "Сумма": _amount(money.get("amount")),
        "КодВалюты": str(money.get("currency") or ""),
        "ДанныеЗаявки": msgspec.json.encode(one.fields).decode(),
        "Файлы": _files(one.files),
        "Отменена": False,
        "DeletionMark": False,
    }


def _files(files: Iterable[AttachedFile]) -> str:
    return msgspec.json.encode(list_files(files)).decode()


def _amount(text: object) -> object:
    """A number as JSON has it, digit by digit; none is nothing."""
    try:
        number = read_number(text)
    except ValueError:
        number = None
    return msgspec.Raw(f"{number or 0:f}".encode())


def write_payment(told: PaymentTold, zone: ZoneInfo) -> dict[str, object]:
    """How a payment stands with the client."""
    return {
        "СтатусОплаты": told.status,
        "ДатаСтатусаОплаты": write_time(told.at, zone),
        "КомментарийОплаты": told.note,
        "НомерСообщенияОплаты": told.message_no,
    }


def write_agent(told: AgentTold) -> dict[str, object]:
    """Who works on an application."""
    return {"Агент": told.agent}


def write_files(told: FilesTold) -> dict[str, object]:
    """What people have put to an application, in the words of an application's own."""
    return {"Файлы": _files(told.files)}


def write_request(request: DocumentRequest) -> dict[str, object]:
    """A document that is asked for, under our own name of the request."""
    return {
        "Ref_Key": request.job_id,
        "ВнешнийИдентификатор": request.external_id,
        "ВидДокумента": request.kind,
        "Примечание": request.note,
        "НомерСообщения": request.message_no,
        "Состояние": OfficeJobState.QUEUED.value,
    }


def read_known(said: WireApplication, zone: ZoneInfo) -> Known | NotUnderstood:
    """A document; what is marked to be deleted is given up, and so is what is cancelled and not posted."""
    try:
        ref, revision = read_ref(said.ref), _whole(said.revision)
        is_marked = read_flag(said.is_marked, otherwise=False)
        is_cancelled = read_flag(said.is_cancelled, otherwise=False)
        is_posted = read_flag(said.is_posted, otherwise=False)
        date, message = read_time(said.date, zone), _whole(said.payment_message)
        heard = max(message, _whole(said.message))
        accepted = min(_whole(said.accepted), revision)
    except ValueError as error:
        return NotUnderstood(str(error))
    document = OfficeDocument(
        said.external_id,
        str(ref),
        (said.number or "").strip(),
        date,
        internal_link(ref),
        accepted,
        is_marked or (is_cancelled and not is_posted),
        heard,
    )
    return Known(
        document,
        ref,
        said.data_version,
        revision,
        said.payment or "",
        message,
        is_marked or is_cancelled,
    )


def read_request(said: WireRequest) -> OfficeJob | NotUnderstood:
    """How far a document is that was asked for."""
    try:
        state = OfficeJobState((said.state or OfficeJobState.QUEUED.value).strip().lower())
        job = str(read_ref(said.ref))
    except ValueError as error:
        return NotUnderstood(str(error))
    return OfficeJob(job, job, state, said.reason or "")


def _whole(value: Whole) -> int:
    """A whole number, however it is written; raises ``ValueError``."""
    number = read_number(value)
    if number is None:
        return 0
    if number != number.to_integral_value() or not 0 <= number < 2**53:
        raise ValueError(f"{value!r} is no whole number")
    return int(number)
