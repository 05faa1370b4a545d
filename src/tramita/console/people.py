"""``/console/people``: erase somebody who asks for it, and who was erased when, and by whom.

Whoever is meant is typed into a form and stands in no address. Asked for once, it is said what
would go, or what is under way; only the second time it is done.
"""

from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.acting import CONFIRMED, confirmation
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.kept import SENTENCES
from tramita.console.presentation import query_of
from tramita.console.reader import words_for
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import ActionWords, Stamp
from tramita.kit.audit import Subject, note_act
from tramita.kit.bounds import HOUSE
from tramita.kit.errors import ConflictError, MalformedError, NotFoundError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.filled import Filled
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.people.erasures import (
    Erasure,
    PersonUnderWay,
    find_erasable,
    find_roots,
    identify,
    list_erasures,
    lock_fresh,
    request_erasure,
)
from tramita.kit.people.groups import find_kept
from tramita.kit.people.lifecycle import ErasureState
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import list_tenants

ROWS: Final = 25
_ADDRESS: Final = "/console/people"
_ERASE: Final = ActionWords(
    to_translate("Erase for good"),
    to_translate(
        "Names, documents, addresses, pictures, and what was said about them in journals and "
        "messages go, and nobody can bring them back. Contracts keep their figures; of what a "
        "law obliges us to keep, who it was stays until its day."
    ),
    to_translate("It is being erased. It goes on by itself, and the list says when it has ended."),
    asks=to_translate("Erase this person?"),
)
_STAMPS: Final = {
    ErasureState.ERASING: Stamp(to_translate("Erasing"), "wait"),
    ErasureState.KEPT: Stamp(to_translate("Kept by law"), "idle"),
    ErasureState.ERASED: Stamp(to_translate("Erased"), "done"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An erasure as its line shows it."""

    row: Erasure
    stamp: Stamp
    since: Moment

    @classmethod
    def of(cls, row: Erasure, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        return cls(row, _STAMPS[row.state], Moment.of(row.requested_at, now=now))


class PeoplePages(Controller):
    """The form, and the list of erasures."""

    path = "/people"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        cursor: Cursor = None,
        done: FromQuery[bool] = False,
    ) -> Template:
        """Whom to erase, and who was erased, newest first."""
        before = decode_cursor(cursor, UUID)
        return await _page(request, runtime, before=before, notice=_ERASE.done if done else None)

    @post(status_code=303, opt=ACT)
    async def erase(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Say what would go; confirmed, let it go."""
        form = await request.form()
        said = str(form.get("person", "")).strip()
        tenant = str(form.get("tenant", HOUSE))
        try:
            if form.get(CONFIRMED) != "yes":
                return await _confirm(request, runtime, said, tenant)
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                person = await identify(work, runtime.people, said, tenant=tenant)
                await request_erasure(work, runtime.people, person)
        except (MalformedError, NotFoundError) as error:
            return await _page(request, runtime, status=422, error=error.sentence)
        except PersonUnderWay as refused:
            open_ = _under_way(refused, words_for(request))
            return await _page(request, runtime, status=409, error=open_)
        except ConflictError as refused:
            return await _page(request, runtime, status=409, error=refused.sentence)
        return Redirect(f"{_ADDRESS}?done=true", status_code=303)


def _under_way(refused: PersonUnderWay, words: Words) -> str:
    """Why nobody is erased yet, as its reader reads it."""
    told = [words.translated(SENTENCES["under_way"].read(one)) for one in refused.open]
    if refused.more:
        told.append(words.gettext("and %(number)s more", number=words.number(refused.more)))
    return words.translated(Filled.of(refused.sentence.template, what="; ".join(told)))


async def _confirm(request: AnyRequest, runtime: Runtime, said: str, tenant: str) -> Template:
    """Ask once, saying what there is of the person."""
    words = words_for(request)
    async with runtime.database.unit_of_work(actor=request.user.name) as work:
        person = await identify(work, runtime.people, said, tenant=tenant)
        roots = await find_roots(work, runtime.people, person)
        for root in roots:
            await note_act(work, work.actor, "person.looked_up", Subject("person", root, tenant))
        fresh = await lock_fresh(work, runtime.people, roots)
        groups = await find_erasable(work, runtime.people, fresh)
        counted = [
            (name.capitalize(), words.number(len(ids))) for name, ids in groups.ids.items() if ids
        ]
        kept = await find_kept(work, runtime.people, groups)
    return confirmation(
        request,
        _ERASE,
        action="erase",
        note="",
        facts=[
            (to_translate("Whose"), person.tenant),
            *counted,
            *(
                (words.gettext("Kept until %(day)s", day=one.until), f"{one.thing}: {one.law}")
                for one in kept
            ),
        ],
        room="people",
        also={"person": said, "tenant": person.tenant},
    )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    *,
    before: UUID | None = None,
    status: int = 200,
    error: str | None = None,
    notice: str | None = None,
) -> Template:
    async with runtime.database.unit_of_work() as work:
        found = await list_erasures(work, before=before, limit=ROWS)
        tenants = await list_tenants(work.session)
        now = now_for(request, await work.now())
    page = to_page(found, ROWS, present=lambda row: Line.of(row, now=now), key=lambda row: row.id)
    context = {
        "room": "people",
        "tenants": tenants,
        "partner_names": {one.key: one.title for one in tenants},
        "house": HOUSE,
        "erasures": page.items,
        "is_first": before is None,
        "first": "",
        "next": page.next_cursor and query_of(cursor=page.next_cursor),
        "error": error,
        "notice": notice,
    }
    return Template("console/people.html", status_code=status, context=frame(request) | context)
