"""The list of devices is read whole, kept, and never worse for GSIM's bad days."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.providers.gsim.operator import GSIMControl, running_gsim
from tramita.kit.breaker import Breaker
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.exchange import Exchange
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.numbering.devices.ports import ESIM, Brand, Model
from tramita.numbering.devices.reading import Listing, Reading
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.devices.stored import Course, begin_reading, fold, note_failure, take_over
from tramita.numbering.devices.sync import sync_devices, sync_when_due
from tramita.process.worker import make_worker
from tramita.providers.gsim.plugin import provider
from tramita.providers.gsim.settings import GSIMSettings

APPLE, VIVO = "b-apple", "b-vivo"
EAGER = DeviceSettings(sync_pause=0)
FAULTS = [
    *(("list_brands", fault) for fault in ("http_503", "429", "missing_field", "token_expired")),
    *(("list_models", fault) for fault in ("http_503", "malformed_json", "empty_body")),
]


@dataclass
class Kept:
    """The kept list, who reads it, and GSIM."""

    runtime: Runtime
    gsim: GSIMControl

    async def sync(self) -> dict[str, Any]:
        """Read the list; answers how it went."""
        await sync_devices(self.runtime)
        # Whatever failed is over for the next reading.
        self.runtime.exchanges["gsim"].breaker = Breaker()
        return await self.state()

    async def state(self) -> dict[str, Any]:
        """How the last reading went."""
        (row,) = await self.fetch("SELECT * FROM device_catalog")
        return dict(row)

    async def listed(self) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
        """Everything that is kept."""
        brands = await self.fetch("SELECT id, name FROM device_brand ORDER BY id")
        models = await self.fetch(
            """
            SELECT m.brand_id, m.id, m.name, m.code, m.region, m.esim,
                   array_agg(t.tac ORDER BY t.tac) AS tacs
            FROM device_model AS m LEFT JOIN device_model_tac AS t
            ON (t.brand_id, t.model_id) = (m.brand_id, m.id)
            GROUP BY m.brand_id, m.id ORDER BY m.brand_id, m.id
            """
        )
        return [tuple(row) for row in brands], [tuple(row) for row in models]

    async def models_of(self, brand_id: str) -> int:
        """How many models of a brand are kept."""
        (row,) = await self.fetch(
            "SELECT count(*) AS n FROM device_model WHERE brand_id = $1", brand_id
        )
        return int(row["n"])

    async def jobs(self) -> int:
        """How many readings wait."""
        (row,) = await self.fetch(
            "SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = 'numbering.sync_devices'"
        )
        return int(row["n"])

    async def advance(self, span: timedelta) -> None:
        """Let time pass."""
        async with self.runtime.database.unit_of_work() as work:
            await advance_clock(work, self.runtime.settings, span)

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Run one statement."""
        async with self.runtime.database.unit_of_work() as work:
            return list(await work.fetch(query, *arguments))


@pytest.fixture
async def kept(database: Database, tmp_path: Path) -> AsyncIterator[Kept]:
    """A database without any list, and GSIM, which is read in small pages."""
    async with AsyncExitStack() as stack:
        gsim = await stack.enter_async_context(running_gsim(tmp_path))
        runtime = Runtime(Settings(), database, Live(database.connect))
        exchange = await stack.enter_async_context(
            Exchange("gsim", gsim.url, deadline=timedelta(seconds=5))
        )
        runtime.connect_provider(provider, GSIMSettings(page_size=50), exchange)
        runtime.configure(EAGER)
        yield Kept(runtime, gsim)


async def overtaken(kept: Kept) -> tuple[Course, Mapping[str, Any]]:
    """A reading that began before the newest one did, and how that one went."""
    await kept.sync()
    async with kept.runtime.database.unit_of_work() as work:
        course = await begin_reading(work, EAGER)
    return course, await kept.sync()


class TestSynchronizing:
    async def test_keeps_every_brand_and_model(self, kept: Kept) -> None:
        """With their regions, TACs and what is said of their eSIM."""
        state = await kept.sync()

        brands, models = await kept.listed()
        assert 12 == len(brands)
        assert (VIVO, "Vivo") in brands
        assert (APPLE, "m-ipxs-br", "iPhone XS", "IPXS-BR", "BR", "YES", ["35387923"]) in models
        assert (APPLE, "m-ipxs-cn", "iPhone XS", "IPXS-CN", "CN", "NO") in [
            one[:6] for one in models
        ]
        assert state["as_of"] == state["full_at"]
        assert state["failure"] is None

    async def test_asks_only_for_tags_when_nothing_changed(self, kept: Kept) -> None:
        """One question for each list; the list is as of now, and the same."""
        first = await kept.sync()
        before, asked = await kept.listed(), len(await kept.gsim.asked("list_models"))

        again = await kept.sync()

        assert before == await kept.listed()
        assert again["as_of"] > first["as_of"]
        assert again["full_at"] == first["full_at"]
        assert 12 == len(await kept.gsim.asked("list_models")) - asked

    async def test_takes_over_what_is_new(self, kept: Kept) -> None:
        """In the one brand that has it."""
        await kept.sync()
        before = await kept.models_of(APPLE)
        await kept.gsim.operate("bump_list", brand_id=APPLE)

        await kept.sync()

        assert before + 1 == await kept.models_of(APPLE)

    async def test_forgets_what_is_gone(self, kept: Kept) -> None:
        """A brand goes with its models, a model with its TACs."""
        await kept.sync()
        whole = await kept.listed()
        await kept.fetch("INSERT INTO device_brand VALUES ('b-gone', 'Gone', 'gone', '\"x\"')")
        await kept.fetch(
            "INSERT INTO device_model VALUES ('b-gone', 'm-gone', 'G', 'g', 'G-1', 'BR', 'YES')"
        )
        await kept.fetch("INSERT INTO device_model_tac VALUES ('12345678', 'b-gone', 'm-gone')")
        await kept.fetch("UPDATE device_catalog SET etag = NULL")

        await kept.sync()

        assert whole == await kept.listed()

    async def test_keeps_the_old_list_when_gsim_is_ill(self, kept: Kept) -> None:
        """All of it, with the time it is of; and says why."""
        before, whole = await kept.sync(), await kept.listed()
        await kept.gsim.operate("bump_list")
        await kept.gsim.operate("bump_list", brand_id=VIVO)
        found = {}

        for operation, fault in FAULTS:
            await kept.gsim.fail(fault, operation=operation, count=None)
            after = await kept.sync()
            is_kept = whole == await kept.listed() and before["as_of"] == after["as_of"]
            found[operation, fault] = (is_kept, bool(after["failure"]))
            await kept.gsim.mend()

        assert dict.fromkeys(FAULTS, (True, True)) == found

    async def test_survives_single_failures(self, kept: Kept) -> None:
        """A page is asked for again."""
        await kept.gsim.fail("http_503", operation="list_brands", count=2)
        await kept.gsim.fail("malformed_json", operation="list_models", count=2)

        state = await kept.sync()

        assert state["as_of"] is not None
        assert 12 == len((await kept.listed())[0])

    async def test_loses_nothing_when_a_list_changes_between_pages(self, kept: Kept) -> None:
        """It is read again from its first page."""
        await kept.gsim.fail("list_changes", operation="list_models", count=2)

        await kept.sync()

        models = (await kept.listed())[1]
        (row,) = await kept.fetch("SELECT count(*) AS n FROM device_model")
        assert row["n"] == len(models)
        assert {"IPX-BR", "IPXS-BR"} <= {code for _, _, _, code, *_ in models}

    async def test_keeps_the_old_list_when_it_never_holds_still(self, kept: Kept) -> None:
        """Better an hour old than wrong."""
        before, whole = await kept.sync(), await kept.listed()
        await kept.gsim.operate("bump_list", brand_id=APPLE)
        await kept.gsim.fail("list_changes", operation="list_models", count=None)

        after = await kept.sync()

        assert whole == await kept.listed()
        assert (before["as_of"], "the list never held still") == (
            after["as_of"],
            (after["failure"] or "").partition(":")[0],
        )

    async def test_believes_no_tag_for_longer_than_a_day(self, kept: Kept) -> None:
        """GSIM may say "unchanged" for ever."""
        await kept.sync()
        before = await kept.models_of(APPLE)
        await kept.gsim.operate("bump_list", brand_id=APPLE)
        await kept.gsim.fail("etag_lies", operation="list_brands", count=None)
        await kept.gsim.fail("etag_lies", operation="list_models", count=None)
        await kept.sync()
        believed = await kept.models_of(APPLE)
        await kept.advance(timedelta(hours=24))

        await kept.sync()

        assert (before, before + 1) == (believed, await kept.models_of(APPLE))

    async def test_keeps_names_of_any_length(self, kept: Kept) -> None:
        """One that no index takes must not cost the list."""
        name = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(5_000))
        brand = Brand("\N{CJK UNIFIED IDEOGRAPH-4E00}" * 200, name)
        model = Model(brand.id, name, "code", None, ESIM.YES, ("35209900",))
        reading = Reading(Listing((brand,), "1", None), {brand.id: Listing((model,), "1", None)})

        async with kept.runtime.database.unit_of_work() as work:
            course = await begin_reading(work, EAGER)
            assert await take_over(work, course, reading, EAGER)

        brands, models = await kept.listed()
        assert ([(brand.id, name)], 1) == (brands, len(models))

    async def test_takes_over_no_reading_that_was_overtaken(self, kept: Kept) -> None:
        """What it left unread may have changed since."""
        course, newer = await overtaken(kept)

        async with kept.runtime.database.unit_of_work() as work:
            is_taken = await take_over(work, course, Reading(None, {}), EAGER)

        assert not is_taken
        assert newer == await kept.state()

    async def test_is_called_failed_by_no_reading_that_was_overtaken(self, kept: Kept) -> None:
        """One that begins earlier and fails later says nothing of the list that is there."""
        course, newer = await overtaken(kept)

        async with kept.runtime.database.unit_of_work() as work:
            await note_failure(work, course, "the list has no brands")

        assert newer == await kept.state()


class TestWhenItIsDue:
    async def test_is_at_once_where_there_is_no_list(self, kept: Kept) -> None:
        """And whoever looks at the same time finds it taken care of."""
        await sync_when_due(kept.runtime)
        await sync_when_due(kept.runtime)

        assert 1 == await kept.jobs()

    async def test_is_done_by_any_worker(self, kept: Kept) -> None:
        """The job is one of those that every worker runs."""
        await sync_when_due(kept.runtime)

        await make_worker(kept.runtime).run(drain=True)

        assert 12 == len((await kept.listed())[0])

    async def test_is_soon_again_after_a_reading_that_came_to_nothing(self, kept: Kept) -> None:
        """Even one that left no trace, because its process died."""
        await sync_when_due(kept.runtime)
        await kept.fetch("DELETE FROM pgqueuer")
        await sync_when_due(kept.runtime)
        at_once = await kept.jobs()
        await kept.advance(timedelta(seconds=EAGER.sync_retry / 10))

        await sync_when_due(kept.runtime)

        assert (0, 1) == (at_once, await kept.jobs())

    async def test_is_every_hour(self, kept: Kept) -> None:
        """Once the list was read."""
        await kept.sync()
        await kept.advance(timedelta(minutes=59))
        await sync_when_due(kept.runtime)
        early = await kept.jobs()
        await kept.advance(timedelta(minutes=2))

        await sync_when_due(kept.runtime)

        assert (0, 1) == (early, await kept.jobs())

    async def test_is_never_without_the_provider(self, database: Database) -> None:
        """An installation need not have it."""
        runtime = Runtime(Settings(), database, Live(database.connect))

        await sync_when_due(runtime)

        async with database.unit_of_work() as work:
            assert [] == list(await work.fetch("SELECT FROM pgqueuer"))


class TestFolding:
    @pytest.mark.parametrize(
        ("text", "folded"), [("Ipê Roxo", "ipe roxo"), ("MARÉ", "mare"), ("Straße", "strasse")]
    )
    def test_forgets_capitals_and_accents(self, text: str, folded: str) -> None:
        """As people do who search."""
        assert folded == fold(text)
