"""A learner's orders on their pages: the list, one of them, and ending it."""

import re
from uuid import UUID

import pytest

from tests.databases import opened
from tests.jwts import user_of
from tests.orders.campus import Campus
from tests.orders.pages.reader import act, order, reading
from tests.process.plans import listening
from tramita.orders.queries import OrderFilter, list_own_orders

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Orders that were made and canceled, as copies of one; ``columns`` of a table are those that are
# written.
_COLUMNS = """
    SELECT string_agg(column_name, ', ') AS columns FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'
"""
_MANY = """
    WITH ids AS (SELECT gen_random_uuid() AS id FROM generate_series(1, $2)),
    made AS (
        INSERT INTO contracts ({contracts}) SELECT {contracts} FROM (
            SELECT (jsonb_populate_record(c, jsonb_build_object('id', ids.id))).*
            FROM contracts AS c, ids WHERE c.id = $1) AS copies RETURNING id
    )
    INSERT INTO orders ({orders}) SELECT {orders} FROM (
        SELECT (jsonb_populate_record(o, jsonb_build_object('id', made.id, 'state', 'canceled'))).*
        FROM orders AS o, made WHERE o.id = $1) AS copies
"""
_LINKS = re.compile(r'<h2><a href="(/learn/orders/[^"]+)"')
_OLDER = re.compile(r'<a href="([^"]+)" rel="next"')


class TestTheList:
    async def test_costs_the_same_for_any_number(self, campus: Campus) -> None:
        """As many statements for one order as for a thousand, and pages that lead to each once."""
        async with reading(campus) as (learner, visitor):
            made = await order(visitor, await campus.offer())
            counted = [await self._count(campus, learner.username)]
            await self._copy(campus, UUID(made.rpartition("/")[2]), times=1000)
            counted.append(await self._count(campus, learner.username))
            found: list[str] = []
            path: str | None = "/learn"
            while path and len(found) < 60:
                page = await visitor.get(path)
                found += _LINKS.findall(page.source)
                path = next(iter(_OLDER.findall(page.source)), None)

        assert [(1, counted[0][1]), (21, counted[0][1])] == counted
        assert (60, 60) == (len(found), len(set(found)))

    async def _copy(self, campus: Campus, order_id: UUID, *, times: int) -> None:
        async with campus.site.runtime.database.unit_of_work() as work:
            columns = {
                table: (await work.fetch(_COLUMNS, table))[0]["columns"]
                for table in ("contracts", "orders")
            }
            await work.fetch(_MANY.format(**columns), order_id, times)

    async def _count(self, campus: Campus, username: str) -> tuple[int, int]:
        async with (
            opened(campus.site.runtime.database.dsn, pool_size=1) as database,
            listening(database) as heard,
            database.unit_of_work() as work,
        ):
            shown = await list_own_orders(
                work, user_of(username), OrderFilter(), before=None, limit=20
            )
        return len(shown), len(heard)

    async def test_says_that_there_is_nothing_yet(self, campus: Campus) -> None:
        """And where to begin."""
        async with reading(campus, "fr") as (_, visitor):
            empty = await visitor.get("/learn")

        assert "Rien ici pour l’instant" in empty.text
        assert 'href="/learn/catalog"' in empty.source

    async def test_of_a_cursor_that_is_none_of_ours_is_an_error_for_people(
        self, campus: Campus
    ) -> None:
        """A page, and no problem for programs."""
        async with reading(campus) as (_, visitor):
            refused = await visitor.get("/learn?cursor=nonsense")

        assert 400 == refused.status
        assert "This cannot be done" in refused.text


class TestAnOrder:
    async def test_of_another_learner_is_not_there(self, campus: Campus) -> None:
        """In the words in which one is told of what never was."""
        nobodys = "/learn/orders/01a20284-9c25-7762-939b-ad71bf9fe9f9"
        async with reading(campus) as (_, visitor), reading(campus) as (_, other):
            made = await order(visitor, await campus.offer())
            seen, never = await other.get(made), await other.get(nobodys)

        assert (404, never.text) == (seen.status, seen.text)

    async def test_is_told_in_the_readers_time(self, campus: Campus) -> None:
        """As the browser says where it is; what is no zone is not believed."""
        async with reading(campus) as (_, visitor):
            made = await order(visitor, await campus.offer())
            told = []
            for zone in ("America/Sao_Paulo", "Asia/Tokyo", "../../etc/passwd", "Nowhere/Land"):
                visitor.session.cookie_jar.update_cookies({"tramita_zone": zone})
                told += re.findall(
                    r"Times are told as in ([\w/]+)\.", (await visitor.get(made)).text
                )

        assert ["America/Sao_Paulo", "Asia/Tokyo", "Europe/Paris", "Europe/Paris"] == told

    async def test_is_ended_after_it_is_said_what_that_means(self, campus: Campus) -> None:
        """The way back is closed; a second time leads to the order."""
        async with reading(campus) as (_, visitor):
            made = await order(visitor, await campus.offer())
            asked = await visitor.get(f"{made}/end")
            ended = await act(visitor, f"{made}/end", f"{made}/cancel")
            shown = await visitor.get(ended.location)
            again = await visitor.get(f"{made}/end")

        assert "Your contract ends, signed or not." in asked.text
        assert "There is no way back." in asked.text
        assert "Your order is canceled." in shown.text
        assert "/end" not in shown.source
        assert (303, made) == (again.status, again.location)

    async def test_says_nothing_was_done_that_was_not(self, campus: Campus) -> None:
        """Whatever stands in the address that somebody was sent."""
        async with reading(campus) as (_, visitor):
            made = await order(visitor, await campus.offer())
            said = ("canceled", "withdrawn", "submitted", "card", "paid")
            seen = [await visitor.get(f"{made}?done={one}") for one in said]

        notes = [one for one in seen if 'class="note' in one.source]
        assert ([200] * 5, []) == ([one.status for one in seen], notes)

    async def test_says_why_something_was_not_done(self, campus: Campus) -> None:
        """In place, with how things stand now."""
        async with reading(campus) as (_, visitor):
            made = await order(visitor, await campus.offer())
            card = await act(visitor, made, f"{made}/card", card="nonsense")
            pay = await act(visitor, made, f"{made}/pay")
            withdrawn = await act(visitor, made, f"{made}/withdraw")
            contract = await visitor.get(f"{made}/contract")

        assert [404, 409, 409, 409] == [one.status for one in (card, pay, withdrawn, contract)]
        assert "This card is not there any more." in card.text
        assert "Nothing is left to be paid by hand." in pay.text
        assert "You may still cancel." in withdrawn.text
        assert all("Sign your contract to go on." in one.text for one in (card, pay, withdrawn))
        assert f'data-address="{made}"' in pay.source

    async def test_has_its_invoice(self, campus: Campus) -> None:
        """As a PDF, in the browser's session; another learner's is not there."""
        async with reading(campus) as (_, visitor), reading(campus) as (_, other):
            made = await order(visitor, await campus.offer())
            page = await visitor.get(made)
            [address] = re.findall(r'href="([^"]+/invoice\?reference=[^"]+)"', page.source)
            async with visitor.session.get(address) as answer:
                content, kind = await answer.read(), answer.content_type
            foreign = await other.get(address)

        assert (b"%PDF-", "application/pdf", 404) == (content[:5], kind, foreign.status)
