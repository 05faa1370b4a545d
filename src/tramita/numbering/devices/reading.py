"""Reading a whole list that is told in pages and may change between two of them.

A list is only believed when its pages fit together: the same version on all of them, every
item once, and as many items as the first page announced. Otherwise it is read again from its
first page, a few times; where one of the lists never holds still, nothing is taken, and what
was read before stays.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Generic, TypeAlias, TypeVar, assert_never

from tramita.kit.attempt import Attempt
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.numbering.devices.ports import (
    Brand,
    CatalogRefusal,
    DeviceCatalog,
    ListPage,
    Model,
    NotChanged,
)

T = TypeVar("T")
I = TypeVar("I", Brand, Model)  # noqa: E741 - an item
Ask: TypeAlias = Callable[[int, str | None], Awaitable[Outcome[ListPage[I] | NotChanged]]]

MOST_READINGS: Final = 3
_TRIES_OF_A_PAGE: Final = 3
# Defensive: the number of pages is the provider's word, and is asked for page by page.
_MOST_PAGES: Final = 1000


class ReadingFailed(Exception):
    """The list could not be read; the message says why."""


class ListMoved(Exception):
    """The list changed while it was read; the message says how that showed."""


class BrandGone(ListMoved):
    """A brand that was listed is not there any more: the list of brands has changed."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[I]):
    """A list that was read whole, and the tag of its first page."""

    items: tuple[I, ...]
    version: str
    etag: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What was read last time: the tags of the brands and of each brand's models.

    ``brands`` has every brand there was; empty when nothing is to be believed unread.
    """

    etag: str | None = None
    brands: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``brands`` is ``None`` when unchanged, and so is whose models are missing."""

    brands: Listing[Brand] | None
    models: Mapping[str, Listing[Model]]


@dataclass(frozen=True)
class CatalogReader:
    """Reads the provider's catalogue; ``longest_pause`` bounds a pause before asking again."""

    catalog: DeviceCatalog
    longest_pause: timedelta

    async def read(self, known: Known) -> Reading:
        """All brands and models that changed. Raises ``ReadingFailed``."""
        return await _until_still(lambda: self._read_once(known))

    async def _read_once(self, known: Known) -> Reading:
        brands = await self._read_list(
            lambda page, tag: self.catalog.list_brands(page, _attempt(), known=tag), known.etag
        )
        if brands is not None and not brands.items:
            # An operator without any device is a fault of theirs, and not what is to be shown.
            raise ReadingFailed("the list has no brands")
        found = [one.id for one in brands.items] if brands else list(known.brands)
        models = {one: await self._read_models(one, known.brands.get(one)) for one in found}
        return Reading(brands, {one: listing for one, listing in models.items() if listing})

    async def _read_models(self, brand: str, known: str | None) -> Listing[Model] | None:
        return await self._read_list(
            lambda page, tag: self.catalog.list_models(brand, page, _attempt(), known=tag), known
        )

    async def _read_list(self, ask: "Ask[I]", known: str | None) -> Listing[I] | None:
        """One list, whole; ``None`` when it is unchanged."""
        return await _until_still(lambda: self._read_pages(ask, known), beyond=BrandGone)

    async def _read_pages(self, ask: "Ask[I]", known: str | None) -> Listing[I] | None:
        first = await self._ask(ask, 1, known)
        if first is None:
            return None
        if first.pages > _MOST_PAGES:
            raise ReadingFailed(f"the list has {first.pages} pages")
        _check_fits(first, first, 1)
        items = list(first.items)
        for number in range(2, first.pages + 1):
            page = await self._ask(ask, number, None)
            if page is None:
                raise ListMoved("a page is unchanged that was never read")
            _check_fits(first, page, number)
            items += page.items
        _check_whole(first.total, [one.id for one in items])
        return Listing(tuple(items), first.version, first.etag)

    async def _ask(self, ask: "Ask[I]", page: int, known: str | None) -> ListPage[I] | None:
        """One page, asked for a few times; ``None`` when it is unchanged."""
        why = ""
        for _ in range(_TRIES_OF_A_PAGE):
            outcome = await ask(page, known)
            match outcome:
                case Done(found):
                    return None if isinstance(found, NotChanged) else found
                case Refused(CatalogRefusal.BRAND_NOT_FOUND, _):
                    raise BrandGone("a brand is gone")
                case Refused(_, reason):
                    raise ReadingFailed(reason)
                case Pending():
                    raise ReadingFailed("the list was promised for later")
                case Unknown(reason):
                    why = reason
                case NotSent(reason, retry_in):
                    why = reason
                    await asyncio.sleep(min(retry_in, self.longest_pause).total_seconds())
                case _:
                    assert_never(outcome)
        raise ReadingFailed(why)


async def _until_still(
    read: Callable[[], Awaitable[T]], *, beyond: type[ListMoved] | tuple[()] = ()
) -> T:
    """Read a few times, until nothing moves; what is ``beyond`` reading again goes on."""
    why = ""
    for _ in range(MOST_READINGS):
        try:
            return await read()
        except beyond:
            raise
        except ListMoved as moved:
            why = str(moved)
    raise ReadingFailed(f"the list never held still: {why}")


def _check_fits(first: "ListPage[I]", page: "ListPage[I]", number: int) -> None:
    """A page that belongs to the same list as the first one. Raises ``ListMoved``."""
    if page.page != number:
        raise ListMoved(f"page {number} calls itself {page.page}")
    if (page.version, page.pages, page.total) != (first.version, first.pages, first.total):
        raise ListMoved("the list changed between two pages")


def _check_whole(total: int, ids: Sequence[str]) -> None:
    """As many items as were announced, each of them once. Raises ``ListMoved``."""
    if len(set(ids)) != len(ids):
        raise ListMoved("something is in the list twice")
    if len(ids) != total:
        raise ListMoved(f"the list has {len(ids)} of the {total} items it announced")


def _attempt() -> Attempt:
    """A question of its own: nothing is remembered by its key."""
    id_ = new_id()
    return Attempt(id_, str(id_))
