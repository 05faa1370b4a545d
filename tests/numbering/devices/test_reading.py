"""A list in pages is taken whole, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil

import pytest

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.numbering.devices.ports import (
    ESIM,
    AskedDevice,
    Brand,
    BrandPage,
    CatalogRefusal,
    ListPage,
    Model,
    ModelPage,
    NotChanged,
    OperatorVerdict,
    Verdict,
)
from tramita.numbering.devices.reading import (
    MOST_READINGS,
    CatalogReader,
    I,
    Known,
    Reading,
    ReadingFailed,
)

SIZE = 2
DOWN = NotSent("no connection", timedelta(seconds=30))


def brand(number: int) -> Brand:
    """A brand."""
    return Brand(f"b{number}", f"Brand {number}")


def model(number: int) -> Model:
    """A model."""
    return Model(f"m{number}", f"Model {number}", f"M-{number}", "BR", ESIM.YES)


@dataclass
class Catalog:
    """A provider's catalogue in memory; ``before`` may change it, or answer instead of it."""

    brands: list[Brand] = field(default_factory=lambda: [brand(n) for n in range(5)])
    models: dict[str, list[Model]] = field(default_factory=dict)
    version: int = 1
    asked: list[str] = field(default_factory=list)
    before: Callable[["Catalog", str], Outcome[None] | None] = lambda _self, _what: None

    async def list_brands(
        self, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[BrandPage | NotChanged]:
        """One page of the brands."""
        instead = self._ask(f"brands {page}")
        return instead or self._page(self.brands, page, known)

    async def list_models(
        self, brand_id: str, page: int, attempt: Attempt, *, known: str | None = None
    ) -> Outcome[ModelPage | NotChanged]:
        """One page of a brand's models."""
        instead = self._ask(f"{brand_id} {page}")
        if instead is None and brand_id not in {one.id for one in self.brands}:
            return Refused(CatalogRefusal.BRAND_NOT_FOUND, "gone")
        return instead or self._page(self.models.get(brand_id, []), page, known)

    async def check_esim(self, device: AskedDevice, attempt: Attempt) -> Outcome[OperatorVerdict]:
        """Nobody asks here."""
        return Done(OperatorVerdict(Verdict.UNKNOWN))

    def _ask(self, what: str) -> Refused | NotSent | Unknown | Pending | None:
        self.asked.append(what)
        instead = self.before(self, what)
        assert not isinstance(instead, Done)
        return instead

    def _page(
        self, items: Sequence[I], page: int, known: str | None
    ) -> Outcome[ListPage[I] | NotChanged]:
        etag = f'"{self.version}.{page}"'
        if known == etag:
            return Done(NotChanged())
        shown = tuple(items[(page - 1) * SIZE : page * SIZE])
        pages = ceil(len(items) / SIZE)
        return Done(ListPage(shown, page, pages, len(items), str(self.version), etag))


async def read(catalog: Catalog, known: Known | None = None) -> Reading:
    """Read it without any pause."""
    return await CatalogReader(catalog, timedelta(0)).read(known or Known())


def once(what: str, act: Callable[[Catalog], None]) -> Callable[[Catalog, str], None]:
    """Something that happens just before a page is asked for, the first time."""

    def before(catalog: Catalog, asked: str) -> None:
        if asked == what and catalog.asked.count(what) == 1:
            act(catalog)

    return before


def drop_first(catalog: Catalog) -> None:
    """The first brand goes, in silence: everything moves on by one."""
    del catalog.brands[0]


def move_last_to_front(catalog: Catalog) -> None:
    """The same brands in another order, and nobody says so."""
    catalog.brands.insert(0, catalog.brands.pop())


def add_one(catalog: Catalog) -> None:
    """A new brand, and a new version."""
    catalog.brands.append(brand(9))
    catalog.version += 1


class TestReading:
    async def test_takes_every_brand_and_model(self) -> None:
        """Over as many pages as there are; a brand may have no models."""
        catalog = Catalog(models={"b1": [model(n) for n in range(3)], "b4": [model(7)]})

        reading = await read(catalog)

        assert reading.brands is not None
        assert catalog.brands == list(reading.brands.items)
        assert {"b0": 0, "b1": 3, "b2": 0, "b3": 0, "b4": 1} == {
            one: len(listing.items) for one, listing in reading.models.items()
        }

    @pytest.mark.parametrize("change", [drop_first, move_last_to_front, add_one])
    async def test_begins_again_when_the_list_changes_between_pages(
        self, change: Callable[[Catalog], None]
    ) -> None:
        """Whether it is said or not; what is taken in the end is the new list, whole."""
        catalog = Catalog(before=once("brands 2", change))

        reading = await read(catalog)

        assert reading.brands is not None
        assert catalog.brands == list(reading.brands.items)
        assert 2 == catalog.asked.count("brands 1")

    async def test_begins_again_when_a_brand_goes_after_it_was_listed(self) -> None:
        """Its models are not found any more."""
        catalog = Catalog(before=once("b0 1", drop_first))

        reading = await read(catalog)

        assert {"b1", "b2", "b3", "b4"} == set(reading.models)

    async def test_gives_up_on_a_list_that_never_holds_still(self) -> None:
        """After a few readings; the list before stays."""
        catalog = Catalog(
            before=lambda self, asked: move_last_to_front(self) if asked == "brands 2" else None
        )

        with pytest.raises(ReadingFailed, match="never held still"):
            await read(catalog)

        assert MOST_READINGS == catalog.asked.count("brands 1")

    @pytest.mark.parametrize("trouble", [DOWN, Unknown("HTTP 503")])
    async def test_asks_again_for_a_page_that_failed(self, trouble: NotSent | Unknown) -> None:
        """One bad answer loses neither the page nor the rest."""
        catalog = Catalog()
        catalog.before = lambda self, asked: (
            trouble if asked == "brands 2" and self.asked.count(asked) == 1 else None
        )

        reading = await read(catalog)

        assert reading.brands is not None
        assert 5 == len(reading.brands.items)
        assert 1 == catalog.asked.count("brands 1")

    @pytest.mark.parametrize(
        "trouble",
        [DOWN, Unknown("HTTP 503"), Refused("other", "no"), Pending("x", timedelta(minutes=1))],
    )
    @pytest.mark.parametrize("page", ["brands 1", "brands 3", "b4 1"])
    async def test_takes_nothing_when_a_page_goes_on_failing(
        self, trouble: NotSent | Unknown | Refused | Pending, page: str
    ) -> None:
        """Half a list would look like brands that are gone."""
        catalog = Catalog(before=lambda _self, asked: trouble if asked == page else None)

        with pytest.raises(ReadingFailed):
            await read(catalog)

    async def test_does_not_believe_an_empty_list(self) -> None:
        """There is no operator without any device."""
        with pytest.raises(ReadingFailed, match="no brands"):
            await read(Catalog(brands=[]))

    async def test_does_not_follow_pages_without_end(self) -> None:
        """Their number is only the provider's word."""

        class Endless(Catalog):
            def _page(
                self, items: Sequence[I], page: int, known: str | None
            ) -> Outcome[ListPage[I] | NotChanged]:
                found = super()._page(items, page, known)
                assert isinstance(found, Done)
                assert isinstance(found.value, ListPage)
                return Done(replace(found.value, pages=10**9))

        with pytest.raises(ReadingFailed, match="1000000000 pages"):
            await read(Endless())


class TestReadingAgain:
    async def test_leaves_unread_what_is_unchanged(self) -> None:
        """One question for each list, and nothing to replace."""
        catalog = Catalog(brands=[brand(1), brand(2)])
        first = await read(catalog)
        assert first.brands is not None
        known = Known(
            first.brands.etag, {one: listing.etag for one, listing in first.models.items()}
        )
        catalog.asked.clear()

        again = await read(catalog, known)

        assert Reading(None, {}) == again
        assert ["brands 1", "b1 1", "b2 1"] == catalog.asked

    async def test_reads_the_models_of_brands_that_are_unchanged(self) -> None:
        """Each list has a tag of its own."""
        catalog = Catalog(brands=[brand(1), brand(2)], models={"b2": [model(1)]})

        again = await read(catalog, Known('"1.1"', {"b1": '"1.1"', "b2": '"0.1"'}))

        assert again.brands is None
        assert ["b2"] == list(again.models)
