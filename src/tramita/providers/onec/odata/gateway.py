"""``BackOffice`` on 1C's OData: what has to be written, one call after the other, from wherever it stands.

All requests of one call have twice the time that one of them may take: none begins when the first half is over.
What is left then is done when 1C is asked again.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.outside import NotUnderstood
from tramita.providers.onec.client import Heard, OneCClient
from tramita.providers.onec.links import web_link
from tramita.providers.onec.odata.addresses import (
    APPLICATION,
    REQUEST,
    ROOT,
    entities,
    entity,
    guid,
    text,
)
from tramita.providers.onec.odata.answers import is_done, is_known_key, judge, read_list, read_one
from tramita.providers.onec.odata.translate import (
    Known,
    read_known,
    read_request,
    write_agent,
    write_application,
    write_files,
    write_payment,
    write_request,
)
from tramita.providers.onec.odata.wire import WireApplication, WireRequest, WireSet
from tramita.transfers.ports import (
    AgentTold,
    DocumentRequest,
    FilesTold,
    OfficeApplication,
    OfficeDocument,
    OfficeJob,
    OfficeRefusal,
    PaymentTold,
    Pong,
)

log = structlog.get_logger(__name__)

T = TypeVar("T")

_JSON: Final = {"accept": "application/json;odata=nometadata"}
# Of a document only what is read here: everything else in it is about people.
_SELECT: Final = (
    "Ref_Key,DataVersion,Number,Date,Posted,DeletionMark,ВнешнийИдентификатор,Ревизия,ПринятаяРевизия,"
    "Отменена,НомерСообщения,СтатусОплаты,НомерСообщенияОплаты"
)
# 1C has the money, or had it: its own word counts, and nothing is given up.
_FUNDED: Final = frozenset({"funds_received", "paid_out", "confirmed"})
_OFFICES_WORD: Final = _FUNDED | {"returned"}
_UNKNOWN: Final = Refused(
    OfficeRefusal.APPLICATION_UNKNOWN, "there is no document of it in the base"
)


@dataclass
class _Turn:
    """The requests of one call."""

    client: OneCClient
    attempt: Attempt
    seconds: float
    began: float = field(default_factory=time.monotonic)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        version: str = "",
    ) -> Heard:
        """Send one, if there is time; ``version``: only if that is what stands there."""
        if time.monotonic() - self.began > self.seconds:
            return Unknown("1C takes too long; what is left is done when it is asked again")
        headers = _JSON | ({"if-match": version} if version else {})
        return await self.client.call(method, path, self.attempt, body=body, headers=headers)


@dataclass(frozen=True)
class ODataGateway:
    """One base. ``web_url`` is where browsers find it; ``seconds`` how long a request may take."""

    client: OneCClient
    zone: ZoneInfo
    web_url: str
    seconds: float

    async def create_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """Write the document under the application's own id, post it, and note that it is taken.

        Once it is written it is there, whatever comes after: what is not taken yet is at revision 0,
        and follows as an update, which also tells why it is not posted.
        """
        turn = self._turn(attempt)
        body = {"Ref_Key": application.external_id, **write_application(application)}
        heard = await turn.ask("POST", entities(APPLICATION), body=body)
        if is_known_key(heard):
            return await self._bring(turn, application)
        made = judge(heard, lambda answer: self._one(answer, application.external_id))
        if not isinstance(made, Done):
            return made
        taken = await self._take(turn, made.value)
        return taken if isinstance(taken, Done) else Done(made.value.document)

    async def find_application(
        self, external_id: str, attempt: Attempt
    ) -> Outcome[OfficeDocument | None]:
        """By the attribute that holds our own name of it."""
        found = await self._find(self._turn(attempt), external_id)
        if not isinstance(found, Done):
            return found
        return Done(None if found.value is None else found.value.document)

    async def update_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """Write a later revision, unless somebody else writes at the same time; post it anew."""
        return await self._bring(self._turn(attempt), application)

    async def cancel_application(
        self, external_id: str, reason: str, attempt: Attempt
    ) -> Outcome[None]:
        """Mark it as cancelled, and undo its posting."""
        turn = self._turn(attempt)
        found = await self._find(turn, external_id)
        if not isinstance(found, Done):
            return found
        known = found.value
        if known is None or known.document.is_cancelled:
            return Done(None)
        if known.payment in _FUNDED:
            return Refused(OfficeRefusal.TOO_LATE, f"its money is {known.payment} in 1C")
        if not known.is_given_up:
            said = {"Отменена": True, "ПричинаОтмены": reason}
            marked = await self._write(turn, known, said)
            if not isinstance(marked, Done):
                return marked
        heard = await turn.ask("POST", entity(APPLICATION, known.ref, "/Unpost"))
        return _begun(judge(heard, is_done))

    async def set_payment_status(self, told: PaymentTold, attempt: Attempt) -> Outcome[None]:
        """Write what the client says, unless 1C's own people have said more."""
        turn = self._turn(attempt)
        found = await self._find(turn, told.external_id)
        if not isinstance(found, Done):
            return found
        known = found.value
        if known is None:
            return _UNKNOWN
        is_older = known.payment_message > told.message_no
        # What is repeated may say another word by then, under the same number.
        is_there = (known.payment_message, known.payment) == (told.message_no, told.status)
        if is_older or is_there:
            return Done(None)
        if known.payment in _OFFICES_WORD:
            # Their word stays; that ours was heard shows by its number, or it would seem to be forgotten there.
            return await self._note(turn, known, told.message_no, {})
        written = await self._write(turn, known, write_payment(told, self.zone))
        return Done(None) if isinstance(written, Done) else written

    async def set_agent(self, told: AgentTold, attempt: Attempt) -> Outcome[None]:
        """Write who works on it, unless somebody else writes at the same time."""
        return await self._add(told, write_agent(told), attempt)

    async def set_files(self, told: FilesTold, attempt: Attempt) -> Outcome[None]:
        """Write which files it has, unless somebody else writes at the same time."""
        return await self._add(told, write_files(told), attempt)

    async def request_document(
        self, request: DocumentRequest, attempt: Attempt
    ) -> Outcome[OfficeJob]:
        """Write a request under our own name of it."""
        turn = self._turn(attempt)
        heard = await turn.ask("POST", entities(REQUEST), body=write_request(request))
        if is_known_key(heard):
            found = await self._find_request(turn, request.job_id)
            if not isinstance(found, Done):
                return found
            if found.value is not None:
                return Done(found.value)
        return judge(heard, lambda answer: _request(answer, request.job_id))

    async def find_document_job(
        self, external_id: str, job_id: str, attempt: Attempt
    ) -> Outcome[OfficeJob | None]:
        """By our own name of it."""
        return await self._find_request(self._turn(attempt), job_id)

    async def is_there(self, attempt: Attempt) -> Outcome[Pong]:
        """Whether the interface is open, and names the document that we write."""
        heard = await self._turn(attempt).ask("GET", f"{ROOT}/")
        named = judge(heard, lambda answer: read_list(answer, WireSet))
        if not isinstance(named, Done):
            return named
        if APPLICATION not in {one.name for one in named.value}:
            return Refused(OfficeRefusal.OTHER, f"{APPLICATION} is not published")
        return Done(Pong("OData 3", None))

    def web_link(self, link: str) -> str | None:
        """Where the base is published."""
        return web_link(self.web_url, link)

    # ---- the steps -----------------------------------------------------------------------------

    def _turn(self, attempt: Attempt) -> _Turn:
        return _Turn(self.client, attempt, self.seconds)

    async def _find(self, turn: _Turn, external_id: str) -> Outcome[Known | None]:
        wanted = f"ВнешнийИдентификатор eq {text(external_id)}"
        path = entities(APPLICATION, filter=wanted, select=_SELECT, orderby="Date", top="3")
        return judge(await turn.ask("GET", path), lambda answer: self._first(answer, external_id))

    async def _bring(self, turn: _Turn, application: OfficeApplication) -> Outcome[OfficeDocument]:
        """Have what stands there be this revision, and taken."""
        found = await self._find(turn, application.external_id)
        if not isinstance(found, Done):
            return found
        known = found.value
        if known is None:
            return _UNKNOWN
        if known.revision > application.revision:
            return Refused(OfficeRefusal.REVISION_STALE, f"revision {known.revision} stands there")
        if known.revision < application.revision or known.is_given_up:
            written = await self._write(turn, known, write_application(application))
            if not isinstance(written, Done):
                return written
            known = written.value
        return _begun(await self._take(turn, known))

    async def _take(self, turn: _Turn, known: Known) -> Outcome[OfficeDocument]:
        """Post what stands there, and write last that it is taken."""
        if known.document.accepted_revision == known.revision:
            return Done(known.document)
        path = entity(APPLICATION, known.ref, "/Post", PostingModeOperational="false")
        posted = judge(await turn.ask("POST", path), is_done)
        if not isinstance(posted, Done):
            return posted
        taken = await self._write(turn, known, {"ПринятаяРевизия": known.revision}, version="")
        return Done(taken.value.document) if isinstance(taken, Done) else taken

    async def _write(
        self,
        turn: _Turn,
        known: Known,
        said: Mapping[str, object],
        *,
        version: str | None = None,
    ) -> Outcome[Known]:
        """Change attributes, unless somebody else has written the document since it was read."""
        heard = await turn.ask(
            "PATCH",
            entity(APPLICATION, known.ref),
            body=said,
            version=known.version if version is None else version,
        )
        return judge(heard, lambda answer: self._one(answer, known.document.external_id))

    async def _add(
        self, told: AgentTold | FilesTold, said: Mapping[str, object], attempt: Attempt
    ) -> Outcome[None]:
        """Write what is said besides its form."""
        turn = self._turn(attempt)
        found = await self._find(turn, told.external_id)
        if not isinstance(found, Done):
            return found
        if found.value is None:
            return _UNKNOWN
        return await self._note(turn, found.value, told.message_no, said)

    async def _note(
        self, turn: _Turn, known: Known, message_no: int, said: Mapping[str, object]
    ) -> Outcome[None]:
        """Write what a message says, and its number, unless a newer one has been heard."""
        heard = max(known.document.heard or 0, message_no)
        written = await self._write(turn, known, {**said, "НомерСообщения": heard})
        return Done(None) if isinstance(written, Done) else written

    async def _find_request(self, turn: _Turn, job_id: str) -> Outcome[OfficeJob | None]:
        wanted = f"Ref_Key eq {guid(UUID(job_id))}"
        path = entities(REQUEST, filter=wanted, select="Ref_Key,Состояние,Причина", top="1")
        return judge(await turn.ask("GET", path), lambda answer: _first_request(answer, job_id))

    def _one(self, answer: Answer, external_id: str) -> Known | NotUnderstood:
        said = read_one(answer, WireApplication)
        if isinstance(said, NotUnderstood):
            return said
        if said.external_id != external_id:
            return NotUnderstood("it tells of another application")
        return read_known(said, self.zone)

    def _first(self, answer: Answer, external_id: str) -> Known | NotUnderstood | None:
        """The one that we made, if there are several: the others are somebody's copies."""
        said = read_list(answer, WireApplication)
        if isinstance(said, NotUnderstood):
            return said
        if any(one.external_id != external_id for one in said):
            return NotUnderstood("it tells of another application")
        if len(said) > 1:
            log.warning("several_documents_in_1c", external_id=external_id, count=len(said))
        ours = [one for one in said if one.ref.lower() == external_id.lower()] or said
        return read_known(ours[0], self.zone) if ours else None


def _begun(outcome: Outcome[T]) -> Outcome[T]:
    """Something was written before: that nothing happened is true of the last step alone."""
    return Unknown(outcome.reason) if isinstance(outcome, NotSent) else outcome


def _request(answer: Answer, job_id: str) -> OfficeJob | NotUnderstood:
    said = read_one(answer, WireRequest)
    return said if isinstance(said, NotUnderstood) else _of(said, job_id)


def _first_request(answer: Answer, job_id: str) -> OfficeJob | NotUnderstood | None:
    said = read_list(answer, WireRequest)
    if isinstance(said, NotUnderstood):
        return said
    return _of(said[0], job_id) if said else None


def _of(said: WireRequest, job_id: str) -> OfficeJob | NotUnderstood:
    if said.ref.lower() != job_id.lower():
        return NotUnderstood("it tells of another request")
    return read_request(said)
