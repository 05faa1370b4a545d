"""``/console/search``: what somebody has at hand is typed, and what there is of it is told.

It is sent by a form and stands in no address, log or metric. What is found at once opens at once; else
it is told at an address that lasts for minutes, for the account that searched.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from tramita.console.audit.words import ACTIONS
from tramita.console.frame import PAGE, frame
from tramita.console.rooms import ROOMS
from tramita.console.things import Directory, directory_of
from tramita.console.words import name_of_kind
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.searches import find_search, keep_search
from tramita.kit.database.work import UnitOfWork
from tramita.kit.finding import MOST, Hit, Needle
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.words import to_translate
from tramita.kit.masking import mask_text
from tramita.kit.masking_shapes import last_of, mask_name
from tramita.kit.runtime import Runtime

ADDRESS: Final = "/console/search"
PART: Final = to_translate("Part of this")
WHAT_CAN_BE_TYPED: Final = (
    to_translate("A contract’s number, or how it begins"),
    to_translate("A CPF, CNPJ or INN, with or without its dots"),
    to_translate("A client’s whole name, or a chat’s title"),
    to_translate("A phone number or a SIM’s number, however it is written"),
    to_translate("An e-mail address"),
    to_translate("A number or key by which a provider, a bank or 1C knows it"),
    to_translate("Any id: of an envelope, order, application, operation, request or event"),
)
_OVER: Final = to_translate(
    "This search is over: it is kept for ten minutes, for you alone. Type it again."
)
# What is shown in a room of the console itself, and by no area.
_OWN: Final = {
    "operation": "operations",
    "message": "messages",
    "event": "deliveries",
    "account": "accounts",
    "token": "tokens",
}
# Documents that are digits; others may be any number of a contract.
_WITH_DIGITS: Final = {"cpf", "cnpj", "inn"}
_OPEN_TO: Final = {one.path: one.role for one in ROOMS}
_PRIVATE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, and where it is shown; its ``title`` is to be translated where it is our own word."""

    hit: Hit
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Searching:
    """Who searches, and where everything is shown to them."""

    runtime: Runtime
    directory: Directory
    role: Role

    async def find(self, work: UnitOfWork, needle: Needle) -> tuple[list[Found], bool]:
        """What every area finds, each thing once, and whether there may be more.

        Of an id it is also what its thing is part of.
        """
        lists = [await one.find(work, needle, MOST + 1) for one in self.runtime.finds]
        lists.append(await self._find_wholes(work, needle))
        shown = [one for hits in lists for hit in hits[:MOST] if (one := self._show(hit))]
        certain = [one for one in shown if not one.hit.is_spare] or shown
        found: dict[str, Found] = {}
        for one in certain:
            found.setdefault(one.address, one)
        return list(found.values()), any(len(hits) > MOST for hits in lists)

    async def _find_wholes(self, work: UnitOfWork, needle: Needle) -> list[Hit]:
        if needle.id is None or not self.runtime.wholes:
            return []
        statement = " UNION ALL ".join(f"({one})" for one in self.runtime.wholes)
        rows = await work.fetch(statement, [needle.id])
        return [
            Hit(PART, str(row["whole"]), row["kind"], row["whole"])
            for row in rows
            if row["whole"] is not None
        ]

    def _show(self, hit: Hit) -> Found | None:
        """A hit with its page; none where there is no page, or none for whoever searches."""
        address = self._address(hit)
        return Found(hit, self._title(hit), address) if address is not None else None

    def _address(self, hit: Hit) -> str | None:
        room = _OWN.get(hit.page)
        if room is None:
            return self.directory.page(hit.page, hit.id) if isinstance(hit.id, UUID) else None
        return f"/console/{room}/{hit.id}" if self.role.includes(_OPEN_TO[room]) else None

    def _title(self, hit: Hit) -> str:
        if hit.page == "operation":
            return name_of_kind(hit.title)
        if hit.title not in ACTIONS:
            return hit.title
        # What was done stands in the audit: whoever may not read it is told where, and no more.
        return ACTIONS[hit.title] if self.role.includes(_OPEN_TO["audit"]) else str(hit.id)


class SearchPages(Controller):
    """The search and what it finds."""

    path = "/search"
    include_in_schema = False
    opt = PAGE

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Template:
        """What can be typed."""
        return _page(request)

    @post(status_code=303)
    async def search(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Look for what was typed; one hit opens, of others the page tells."""
        form = await request.form()
        needle = Needle.of(str(form.get("q", "")), runtime.people)
        if needle is None:
            return Redirect(ADDRESS, status_code=303)
        async with runtime.database.reading() as work:
            found, _ = await _searching(request, runtime).find(work, needle)
        if len(found) == 1:
            return Redirect(found[0].address, status_code=303)
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            search = await keep_search(work, request.user.id, needle.text)
        return Redirect(f"{ADDRESS}/{search}", status_code=303)

    @get("/{search:uuid}")
    async def tell(
        self, request: Request[Any, Any, Any], search: FromPath[UUID], runtime: FromRuntime
    ) -> Template:
        """What there is now of what was typed."""
        async with runtime.database.reading() as work:
            typed = await find_search(work, request.user.id, search)
            needle = Needle.of(typed or "", runtime.people)
            if needle is None:
                return _page(request, status=404, error=_OVER)
            found, has_more = await _searching(request, runtime).find(work, needle)
        return _page(request, typed=_masked(needle), found=found, has_more=has_more)


def _searching(request: AnyRequest, runtime: Runtime) -> Searching:
    return Searching(runtime, directory_of(request), request.user.role)


def _masked(needle: Needle) -> str:
    """What was typed, so that whoever typed it knows it again, and nobody else whom it names."""
    if needle.document is not None and needle.document.kind in _WITH_DIGITS:
        return last_of(needle.document.number, 2)
    if len(needle.phones) > 0:
        return last_of(needle.phones[0], 4)
    is_number = any(one.isdigit() for one in needle.text)
    return mask_text(needle.text) if is_number or needle.email else mask_name(needle.text)


def _page(
    request: AnyRequest,
    *,
    typed: str = "",
    found: list[Found] | None = None,
    has_more: bool = False,
    status: int = 200,
    error: str | None = None,
) -> Template:
    context = {
        "room": "search",
        "typed": typed,
        "found": found,
        "has_more": has_more,
        "ways": WHAT_CAN_BE_TYPED,
        "error": error,
        # It is not asked for again by itself: each time would be another search.
        "is_shown": False,
    }
    return Template(
        "console/search.html",
        status_code=status,
        context=frame(request) | context,
        headers=_PRIVATE,
    )
