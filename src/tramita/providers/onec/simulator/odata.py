"""The standard OData interface of the base: objects read by filters, written one at a time, posted by acts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import msgspec

from tramita.providers.onec.simulator.book import Book, Document, DocumentJob
from tramita.providers.onec.simulator.dirt import dated
from tramita.providers.onec.simulator.errors import (
    KEY_EXISTS,
    NO_INSTANCE,
    NO_OPTION,
    NO_PROPERTY,
    NO_TYPE,
    POSTING_REFUSED,
    REQUIRED,
    VERSION_CHANGED,
    WRITE_REFUSED,
)
from tramita.providers.onec.simulator.requests import AskedDocument, SentApplication, SentFile
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Refused, Task

ROOT = "/odata/standard.odata"
APPLICATIONS, REQUESTS = "Document_ЗаявкаНаПлатеж", "Document_ЗапросДокумента"
_PATH = re.compile(r"(\w+)(?:\(guid'([0-9a-fA-F-]{36})'\))?")
_EQUALS = re.compile(r"(\w+) eq (.+)")
_CONTAINS = re.compile(r"substringof\('((?:[^']|'')*)', ?(\w+)\)")
_LITERAL = re.compile(r"(?:guid|datetime)?'((?:[^']|'')*)'")
_EMPTY = "0001-01-01T00:00:00"
_MONEY_HERE = frozenset({"funds_received", "paid_out", "confirmed"})
# What may be written, and as what it is kept.
_ATTRIBUTES = {
    "Ревизия": "revision",
    "ПринятаяРевизия": "accepted",
    "Чат": "chat",
    "Агент": "agent",
    "СтатусОплаты": "payment",
    "НомерСообщенияОплаты": "payment_message",
    "ПричинаОтмены": "comment",
    "DeletionMark": "is_marked",
}
# What is kept as it was written, by its own name.
_LOOSE = frozenset(
    {
        *("ВнешнийИдентификатор", "НомерСообщения", "Плательщик", "ИННПлательщика", "Получатель"),
        *("Сумма", "КодВалюты", "ДанныеЗаявки", "Файлы", "Отменена", "Ref_Key"),
        *("ДатаСтатусаОплаты", "КомментарийОплаты"),
    }
)


@dataclass(frozen=True, slots=True)
class ODataDesk:
    """``on_asked`` makes documents that were asked for."""

    book: Book
    on_asked: Callable[[DocumentJob], None]

    def prepare(self, asking: Asking) -> Task:
        """What a request comes to."""
        if asking.operation == "odata_service":
            named = [{"name": one, "url": one} for one in (APPLICATIONS, REQUESTS)]
            return Task({}, lambda _: Answer(200, {"value": named}))
        kind, ref = _address(asking)
        given = _read(asking) if asking.method in ("POST", "PATCH") else {}
        external = given.get("ВнешнийИдентификатор") or _sought(asking) or self._of(ref)
        acts: Mapping[str, Callable[[], Answer]] = {
            "odata_read": lambda: self._list(kind, asking) if ref is None else self._get(kind, ref),
            "odata_create": lambda: self._create(kind, given, asking),
            "odata_write": lambda: self._write(ref, given, asking),
            "odata_post": lambda: self._post(ref, asking),
            "odata_unpost": lambda: self._unpost(ref, asking),
        }
        return Task({"external_id": str(external)}, lambda _: acts[asking.operation]())

    def _of(self, ref: UUID | None) -> str:
        known = self.book.documents.get(ref) if ref else None
        return known.external_id if known else ""

    def _list(self, kind: str, asking: Asking) -> Answer:
        said = _options(asking)
        shown = [_shown(one) for one in self.book.documents.values()]
        if kind == REQUESTS:
            shown = [self._shown_job(one) for one in self.book.jobs.values()]
        found = [one for one in shown if _fits(one, said.get("$filter", ""))]
        column, _, direction = said.get("$orderby", "Ref_Key").partition(" ")
        found.sort(key=lambda one: str(one[column]), reverse=direction == "desc")
        first = int(said.get("$skip", "0"))
        page = found[first : first + int(said.get("$top", "1000"))]
        answer: dict[str, object] = {"value": [_selected(one, said) for one in page]}
        if said.get("$inlinecount") == "allpages":
            answer["odata.count"] = str(len(found))
        return Answer(200, answer)

    def _get(self, kind: str, ref: UUID) -> Answer:
        if kind == REQUESTS:
            job = self.book.jobs.get(str(ref))
            if job is None:
                raise Refused(NO_INSTANCE)
            return Answer(200, self._shown_job(job))
        return Answer(200, _shown(self._known(ref)))

    def _known(self, ref: UUID | None) -> Document:
        if ref is None or ref not in self.book.documents:
            raise Refused(NO_INSTANCE)
        return self.book.documents[ref]

    def _create(self, kind: str, given: dict[str, Any], asking: Asking) -> Answer:
        if kind == REQUESTS:
            return self._ask(given, asking)
        _check(given)
        if not given.get("ВнешнийИдентификатор"):
            raise Refused(REQUIRED)
        ref = UUID(given["Ref_Key"]) if given.get("Ref_Key") else None
        is_kept = self.book.conditions.is_idempotent and ref is not None
        if is_kept and ref in self.book.documents:
            raise Refused(KEY_EXISTS)
        made = self.book.write(
            _sent(given), ref if is_kept and ref else None, request_id=asking.request_id
        )
        made.attributes.update(given)
        return Answer(201, _shown(made))

    def _write(self, ref: UUID | None, given: dict[str, Any], asking: Asking) -> Answer:
        known = self._known(ref)
        _check(given)
        wanted = asking.headers.get("if-match")
        if wanted is not None and wanted != _version(known):
            raise Refused(VERSION_CHANGED)
        is_cancelled = given.get("Отменена")
        if is_cancelled and known.state != "cancelled":
            is_late = known.payment in _MONEY_HERE or known.state == "completed"
            if is_late or self.book.conditions.refuses_cancel:
                raise Refused(WRITE_REFUSED)
        changes = {name: given[key] for key, name in _ATTRIBUTES.items() if key in given}
        if is_cancelled is not None and is_cancelled != (known.state == "cancelled"):
            changes["state"] = "cancelled" if is_cancelled else "new"
        if "ДанныеЗаявки" in given:
            changes["fields"] = msgspec.json.decode(given["ДанныеЗаявки"])
        if "Файлы" in given:
            changes["files"] = _files(given)
        read = known.version
        self.book.rewrite(known, changes, request_id=asking.request_id)
        known.attributes.update(given)
        # Every write of an object gives it another version, whatever it changes.
        known.version = max(known.version, read + 1)
        return Answer(200, _shown(known))

    def _post(self, ref: UUID | None, asking: Asking) -> Answer:
        known = self._known(ref)
        if self.book.conditions.posting:
            raise Refused(POSTING_REFUSED, self.book.conditions.posting)
        self.book.post(known, request_id=asking.request_id)
        return Answer(204, b"")

    def _unpost(self, ref: UUID | None, asking: Asking) -> Answer:
        self.book.unpost(self._known(ref), request_id=asking.request_id)
        return Answer(204, b"")

    def _ask(self, given: dict[str, Any], asking: Asking) -> Answer:
        job_id = str(given.get("Ref_Key", ""))
        if job_id in self.book.jobs:
            raise Refused(KEY_EXISTS)
        asked = AskedDocument(
            str(given.get("ВнешнийИдентификатор", "")),
            int(given.get("НомерСообщения", 0)),
            job_id,
            str(given.get("ВидДокумента", "")),
            str(given.get("Примечание", "")),
        )
        job = self.book.ask(asked, request_id=asking.request_id)
        self.on_asked(job)
        return Answer(201, self._shown_job(job))

    def _shown_job(self, job: DocumentJob) -> dict[str, object]:
        is_ready = self.book.world.clock.now() >= job.ready_at
        state = "failed" if job.failure else "ready" if is_ready else "generating"
        return {
            "Ref_Key": job.job_id,
            "DataVersion": "AAAAAQAAAAA=",
            "DeletionMark": False,
            "Date": dated(job.asked_at),
            "ВнешнийИдентификатор": job.external_id,
            "ВидДокумента": job.kind,
            "Состояние": state,
            "Причина": job.failure,
        }


def _address(asking: Asking) -> tuple[str, UUID | None]:
    found = _PATH.fullmatch(unquote(asking.key))
    if found is None or found[1] not in (APPLICATIONS, REQUESTS):
        raise Refused(NO_TYPE)
    return found[1], UUID(found[2]) if found[2] else None


def _read(asking: Asking) -> dict[str, Any]:
    if asking.operation in ("odata_post", "odata_unpost"):
        return {}
    return asking.read(dict[str, Any], NO_PROPERTY)


def _check(given: Mapping[str, Any]) -> None:
    unknown = sorted(given.keys() - _ATTRIBUTES.keys() - _LOOSE)
    if unknown:
        raise Refused(NO_PROPERTY, f"Свойство {unknown[0]} не найдено")


def _options(asking: Asking) -> dict[str, str]:
    """The options; a plus is a plus."""
    pairs = (one.partition("=") for one in asking.query.split("&") if one)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def _sought(asking: Asking) -> str:
    """The application that a filter names, so that faults can be matched."""
    found = re.search(r"ВнешнийИдентификатор eq '([^']*)'", _options(asking).get("$filter", ""))
    return found[1] if found else ""


def _fits(shown: Mapping[str, object], condition: str) -> bool:
    return all(_holds(shown, one) for one in condition.split(" and ") if one)


def _holds(shown: Mapping[str, object], condition: str) -> bool:
    contains = _CONTAINS.fullmatch(condition)
    if contains is not None:
        return _plain(contains[1]) in str(shown[_named(shown, contains[2])])
    equals = _EQUALS.fullmatch(condition)
    if equals is None:
        raise Refused(NO_OPTION, f"Ошибка разбора опции запроса: {condition}")
    value = shown[_named(shown, equals[1])]
    literal = _LITERAL.fullmatch(equals[2])
    if literal is not None:
        return str(value).lower() == _plain(literal[1]).lower()
    return str(value).lower() == equals[2]


def _named(shown: Mapping[str, object], name: str) -> str:
    if name not in shown:
        raise Refused(NO_PROPERTY, f"Свойство {name} не найдено")
    return name


def _plain(literal: str) -> str:
    return literal.replace("''", "'")


def _selected(shown: dict[str, object], options: Mapping[str, str]) -> dict[str, object]:
    if "$select" not in options:
        return shown
    return {name: shown[_named(shown, name)] for name in options["$select"].split(",")}


def _sent(given: Mapping[str, Any]) -> SentApplication:
    return SentApplication(
        given["ВнешнийИдентификатор"],
        int(given.get("Ревизия", 0)),
        int(given.get("НомерСообщения", 0)),
        given.get("Чат", ""),
        given.get("Агент", ""),
        msgspec.json.decode(given.get("ДанныеЗаявки") or "{}"),
        _files(given),
    )


def _files(given: Mapping[str, Any]) -> list[SentFile]:
    return msgspec.json.decode(given.get("Файлы") or "[]", type=list[SentFile])


def _version(known: Document) -> str:
    return f"AAAA{known.version:07d}="


def _shown(one: Document) -> dict[str, object]:
    """A document with everything in it, as the interface gives it where nothing is selected."""
    loose = {name: one.attributes.get(name, "") for name in sorted(_LOOSE - {"Ref_Key"})}
    return {
        "Ref_Key": str(one.ref),
        "DataVersion": _version(one),
        "DeletionMark": one.is_marked,
        "Number": one.number,
        "Date": dated(one.date),
        "Posted": one.is_posted,
        **loose,
        "ВнешнийИдентификатор": one.external_id,
        "Ревизия": one.revision,
        "ПринятаяРевизия": one.accepted,
        "Чат": one.chat,
        "Агент": one.agent,
        "Отменена": one.state == "cancelled",
        "ПричинаОтмены": one.comment,
        "СтатусОплаты": one.payment,
        "ДатаСтатусаОплаты": one.attributes.get("ДатаСтатусаОплаты", _EMPTY),
        "НомерСообщенияОплаты": one.payment_message,
    }
