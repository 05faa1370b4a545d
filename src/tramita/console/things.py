"""Where the console shows a thing: on its own page, or on that of what it is part of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Redirect

from tramita.console.frame import PAGE
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.http.area import AreaRoutes, Page
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.showing import PartWords, Show


class ThingNotShown(NotFoundError):
    """There is nothing {id} that a page of the console shows."""


def page_at(room: str, thing: UUID) -> str:
    """The address of a thing's own page in a room."""
    return f"/console/{room}/{thing}"


def pages_in(room: str) -> Page:
    """Where each thing of a room is shown."""
    return partial(page_at, room)


page_of_contract = pages_in("contracts")
page_of_whole = pages_in("things")
"""Of something without a page: that of what it is part of."""
_OF_THE_PLATFORM: Final = {"message": pages_in("messages"), "bulk_act": pages_in("attention/acts")}


@dataclass(frozen=True, slots=True)
class Directory:
    """Where everything is shown; see ``AreaRoutes``."""

    pages: Mapping[str, Page]
    subjects: Mapping[str, Page]
    shows: Mapping[str, Show]
    parts: Mapping[str, PartWords]

    @classmethod
    def of(cls, areas: Iterable[AreaRoutes], also: Mapping[str, Page]) -> Self:
        """That of all areas and the platform's; ``also`` are subjects of what belongs to no area."""
        known = list(areas)
        return cls(
            {kind: page for area in known for kind, page in area.pages.items()} | _OF_THE_PLATFORM,
            {kind: page for area in known for kind, page in area.subjects.items()} | dict(also),
            {backend: show for area in known for backend, show in area.shows.items()},
            {table: words for area in known for table, words in area.parts.items()},
        )

    def page(self, kind: str, thing: UUID) -> str | None:
        """The page of a thing of this kind; none where there is no such page."""
        page = self.pages.get(kind)
        return page(thing) if page else None

    def subject(self, kind: str, subject: UUID) -> str | None:
        """The page of what an operation of this kind is about, if there is one."""
        page = self.subjects.get(kind)
        return page(subject) if page else None


def directory_of(request: AnyRequest) -> Directory:
    """Where everything of this installation is shown."""
    directory: Directory = request.app.opt["directory"]
    return directory


async def find_pages(
    work: UnitOfWork, wholes: Collection[str], directory: Directory, ids: Collection[UUID]
) -> dict[UUID, str]:
    """Where each of these is shown, whatever it is; what no page shows is left out."""
    statement = " UNION ALL ".join(f"({one})" for one in wholes)
    rows = await work.fetch(statement, list(ids)) if statement and ids else ()
    found = ((row["id"], directory.page(row["kind"], row["whole"])) for row in rows)
    return {thing: address for thing, address in found if address is not None}


@get("/things/{thing:uuid}", opt=PAGE, include_in_schema=False, status_code=303)
async def show_thing(
    request: Request[Any, Any, Any], thing: FromPath[UUID], runtime: FromRuntime
) -> Redirect:
    """To the page of what a thing is part of."""
    async with runtime.database.reading() as work:
        found = await find_pages(work, runtime.wholes, directory_of(request), [thing])
    address = found.get(thing)
    if address is None:
        raise ThingNotShown(id=thing)
    return Redirect(address, status_code=303)
