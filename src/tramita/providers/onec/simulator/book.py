"""The documents of the base, ``Document_ЗаявкаНаПлатеж``, and the jobs that make others of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tramita.providers.onec.simulator.conditions import Conditions
from tramita.providers.onec.simulator.errors import POSTING_REFUSED, STALE, TOO_LATE, UNKNOWN
from tramita.providers.onec.simulator.requests import (
    AskedDocument,
    SentAgent,
    SentApplication,
    SentFile,
    SentFiles,
    SentPayment,
)
from tramita.simulation.front.asking import Refused
from tramita.simulation.world import World

# Money has moved, or is about to: nothing is given up any more.
_TOO_LATE = frozenset({"client_sent", "funds_received", "paid_out", "confirmed"})
# What its own people say of money, which no word of a client is written over.
_OWN_WORD = frozenset({"funds_received", "paid_out", "confirmed", "returned"})
_DIGITS = 6
# What a change of an attribute is called, the first that fits.
_EFFECTS = {
    "revision": "application_updated",
    "state": "application_updated",
    "payment": "payment_told",
    "accepted": "application_accepted",
    "agent": "agent_told",
    "files": "files_told",
}


@dataclass(slots=True)
class Document:
    """One document. ``version`` changes with every write; ``state`` is the operators' own word."""

    ref: UUID
    number: str
    date: datetime
    external_id: str
    revision: int
    fields: dict[str, Any]
    chat: str
    agent: str
    files: list[SentFile] = field(default_factory=list)
    state: str = "new"
    payment: str = "none"
    comment: str = ""
    is_posted: bool = True
    is_marked: bool = False
    version: int = 1
    accepted: int = 0
    payment_message: int = 0
    agent_message: int = 0
    files_message: int = 0
    heard: int = 0
    posted_revision: int | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class DocumentJob:
    """A document that was asked for; it is ready at ``ready_at``, unless it failed."""

    job_id: str
    external_id: str
    kind: str
    asked_at: datetime
    ready_at: datetime
    failure: str = ""
    is_sent: bool = False


@dataclass
class Book:
    """Everything that is written in the base; ``copy`` is what an old copy of it holds."""

    world: World
    conditions: Conditions
    documents: dict[UUID, Document] = field(default_factory=dict)
    jobs: dict[str, DocumentJob] = field(default_factory=dict)
    counters: Counter[str] = field(default_factory=Counter)
    copy: tuple[dict[UUID, Document], dict[str, DocumentJob], Counter[str]] | None = None

    def forget(self) -> None:
        """Lose every record, and the copy."""
        self.documents.clear()
        self.jobs.clear()
        self.counters.clear()
        self.copy = None

    def keep_copy(self) -> None:
        """Write a copy of the base."""
        self.copy = deepcopy((self.documents, self.jobs, self.counters))

    def restore(self) -> None:
        """Go back to the copy: what was written since is gone, and its numbers come again."""
        if self.copy is None:
            self.documents, self.jobs, self.counters = {}, {}, Counter()
        else:
            self.documents, self.jobs, self.counters = deepcopy(self.copy)
        said = {"documents": len(self.documents)}
        self.world.record("base_restored", subject="base", request_id="operator", data=said)

    @property
    def now(self) -> datetime:
        """The base's own time; its clock may be wrong."""
        return self.world.clock.now() + timedelta(hours=self.conditions.ahead_hours)

    def of(self, external_id: str) -> list[Document]:
        """Every document of an application: one, if all is well."""
        return [one for one in self.documents.values() if one.external_id == external_id]

    def get(self, external_id: str) -> Document:
        """The first of them; raise ``Refused`` where there is none."""
        found = self.of(external_id)
        if not found:
            raise Refused(UNKNOWN)
        return found[0]

    def _hear(self, external_id: str, message_no: int) -> Document:
        """The document that a message is about, which notes how far it has heard."""
        known = self.get(external_id)
        known.heard = max(known.heard, message_no)
        return known

    def create(self, sent: SentApplication, *, request_id: str, is_known: bool) -> Document:
        """A document; with ``is_known`` an ``external_id`` that is there is known again."""
        found = self.of(sent.external_id)
        if found and is_known:
            if sent.revision > found[0].revision:
                return self.update(sent, request_id=request_id)
            return found[0]
        self._check_posting()
        return self.write(sent, None, request_id=request_id, is_posted=True)

    def write(
        self,
        sent: SentApplication,
        ref: UUID | None,
        *,
        request_id: str,
        is_posted: bool = False,
    ) -> Document:
        """A new document, under ``ref`` where one is given."""
        made = Document(
            ref or self.new_ref(),
            self.new_number(),
            self.now,
            sent.external_id,
            sent.revision,
            sent.fields,
            sent.chat_title,
            sent.agent_name,
            sent.files,
            is_posted=is_posted,
            heard=sent.message_no,
        )
        self.documents[made.ref] = made
        self._record("application_created", made, request_id)
        return made

    def update(self, sent: SentApplication, *, request_id: str) -> Document:
        """A later revision, which revives what was given up; the same again changes nothing."""
        known = self._hear(sent.external_id, sent.message_no)
        if sent.revision < known.revision:
            raise Refused(STALE)
        if known.state == "cancelled" or known.is_marked:
            known.state, known.comment = "new", ""
            known.is_posted, known.is_marked = True, False
        elif sent.revision == known.revision:
            return known
        if known.state not in ("new", "in_work"):
            raise Refused(STALE, "По заявке уже сформированы условия")
        self._check_posting()
        known.revision, known.fields, known.files = sent.revision, sent.fields, sent.files
        known.chat, known.agent = sent.chat_title, sent.agent_name
        self._write(known, "application_updated", request_id)
        return known

    def cancel(self, external_id: str, reason: str, *, request_id: str) -> Document:
        """Give it up; not where money has moved."""
        known = self.get(external_id)
        if known.state == "cancelled":
            return known
        is_over = known.payment in _TOO_LATE or known.state == "completed"
        if is_over or self.conditions.refuses_cancel:
            raise Refused(TOO_LATE)
        known.state, known.comment, known.is_posted = "cancelled", reason, False
        self._write(known, "application_cancelled", request_id)
        return known

    def pay(self, sent: SentPayment, *, request_id: str) -> Document:
        """What the client says of the payment, unless its own people have said more, or it has later."""
        known = self._hear(sent.external_id, sent.message_no)
        if known.payment in _OWN_WORD or sent.message_no < known.payment_message:
            self.note("payment_outdated", known, payment=known.payment)
            return known
        known.payment_message = sent.message_no
        if known.payment != sent.payment_status:
            known.payment = sent.payment_status
            self._write(known, "payment_told", request_id)
        return known

    def name(self, sent: SentAgent, *, request_id: str) -> Document:
        """Who works on it; an older word than the last changes nothing."""
        known = self._hear(sent.external_id, sent.message_no)
        if sent.message_no > known.agent_message:
            known.agent_message = sent.message_no
            if known.agent != sent.agent_name:
                known.agent = sent.agent_name
                self._write(known, "agent_told", request_id)
        return known

    def attach(self, sent: SentFiles, *, request_id: str) -> Document:
        """Which files it has, however far it is; an older word than the last changes nothing."""
        known = self._hear(sent.external_id, sent.message_no)
        if sent.message_no > known.files_message:
            known.files_message = sent.message_no
            if known.files != sent.files:
                known.files = sent.files
                self._write(known, "files_told", request_id)
        return known

    def ask(self, asked: AskedDocument, *, request_id: str) -> DocumentJob:
        """A document that is to be made; the same job again is the same."""
        self.get(asked.external_id)
        if asked.job_id not in self.jobs:
            now = self.world.clock.now()
            ready = now + timedelta(seconds=self.conditions.job_seconds)
            made = DocumentJob(asked.job_id, asked.external_id, asked.kind, now, ready)
            self.jobs[asked.job_id] = made
            said = {"job_id": asked.job_id, "kind": asked.kind}
            self.world.record(
                "document_asked", subject=asked.external_id, request_id=request_id, data=said
            )
        return self.jobs[asked.job_id]

    def change(self, known: Document, effect: str, **changes: Any) -> None:
        """What an operator writes."""
        for name, value in changes.items():
            setattr(known, name, value)
        self._write(known, effect, "operator")

    def note(self, effect: str, known: Document, **more: object) -> None:
        """Write down what happened with a document that changed nothing in it."""
        said = {"number": known.number, **more}
        self.world.record(effect, subject=known.external_id, request_id="operator", data=said)

    def new_ref(self) -> UUID:
        """A reference that nothing has."""
        return UUID(int=self.world.random.getrandbits(128), version=4)

    def new_number(self) -> str:
        """The next number of the year, of a fixed length."""
        series = f"{self.conditions.prefix}/{self.now.year}"
        self.counters[series] += 1
        return f"{self.conditions.prefix}{self.counters[series]:0{_DIGITS}d}"

    def newest(self) -> Iterable[Document]:
        """All documents, the newest first."""
        return reversed(self.documents.values())

    def rewrite(self, known: Document, changes: Mapping[str, Any], *, request_id: str) -> None:
        """Attributes are written; what says the same as before changes nothing."""
        changed = {name: value for name, value in changes.items() if getattr(known, name) != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(known, name, value)
        effect = next((effect for name, effect in _EFFECTS.items() if name in changed), "written")
        if changed.get("state") == "cancelled":
            effect = "application_cancelled"
        self._write(known, effect, request_id)

    def post(self, known: Document, *, request_id: str) -> None:
        """Post what stands in it, unless that is posted already."""
        if not known.is_posted or known.posted_revision != known.revision:
            known.is_posted, known.posted_revision = True, known.revision
            self._write(known, "application_posted", request_id)

    def unpost(self, known: Document, *, request_id: str) -> None:
        """Undo the posting, if there is one."""
        if known.is_posted:
            known.is_posted, known.posted_revision = False, None
            self._write(known, "application_unposted", request_id)

    def _check_posting(self) -> None:
        if self.conditions.posting:
            raise Refused(POSTING_REFUSED, self.conditions.posting)

    def _write(self, known: Document, effect: str, request_id: str) -> None:
        known.version += 1
        self._record(effect, known, request_id)

    def _record(self, effect: str, known: Document, request_id: str) -> None:
        said = {
            "ref": str(known.ref),
            "number": known.number,
            "revision": known.revision,
            "state": known.state,
            "payment": known.payment,
            "agent": known.agent,
            "files": [one.file_id for one in known.files],
        }
        self.world.record(effect, subject=known.external_id, request_id=request_id, data=said)
