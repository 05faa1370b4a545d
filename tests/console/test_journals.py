"""What operators see of what was said to providers, what came in, and what partners were told."""

import json
import re
from uuid import UUID

import pytest
import pytest_asyncio

from tests.console.conftest import ANA
from tests.console.standing import add_exchange, add_operation
from tests.console.test_operations import statements_of
from tests.console.visitor import Visitor
from tests.web.conftest import Site
from tramita.console.journals.exchanges import ROWS
from tramita.kit.identifiers import new_id
from tramita.kit.inbox import receive
from tramita.kit.webhooks import deliveries

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXCHANGES, MESSAGES, DELIVERIES = (
    f"/console/{one}" for one in ("exchanges", "messages", "deliveries")
)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_was_said(site: Site) -> None:
    """Each test begins with empty journals."""
    for table in ("exchanges", "operations", "inbox", "webhook_events", "webhook_endpoints"):
        await site.runtime.database.fetch(f"DELETE FROM {table}")


async def said(site: Site, n: int = 1, **how: object) -> UUID:
    """So many exchanges for one operation."""
    operation = await add_operation(site.runtime.database)
    for _ in range(n):
        await add_exchange(site.runtime.database, operation, **how)  # type: ignore[arg-type]
    await site.runtime.database.fetch(
        "UPDATE exchanges AS e SET kind = o.kind FROM operations AS o WHERE o.id = e.operation_id"
    )
    return operation


class TestExchanges:
    async def test_are_listed_the_latest_first_and_all_of_them(
        self, site: Site, ana: Visitor
    ) -> None:
        """Page by page, each once."""
        await said(site, ROWS + 2)

        first = await ana.get(EXCHANGES)
        address = first.source.partition('rel="next" href="')[2].partition('"')[0]
        rest = await ana.get(address.replace("&amp;", "&"))
        ids = [
            int(one)
            for page in (first, rest)
            for one in re.findall(rf'<h2><a href="{EXCHANGES}/(\d+)"', page.source)
        ]

        assert ROWS + 2 == len(ids)
        assert sorted(ids, reverse=True) == ids

    @pytest.mark.parametrize(
        ("query", "fits"),
        [
            ("provider=qitech", True),
            ("provider=lyra", False),
            ("kind=portability.insert_proposal&outcome=unknown", True),
            ("outcome=done", False),
            ("until=2020-01-01T10:00", False),
            ("since=2020-01-01T10:00&provider=&kind=", True),
        ],
    )
    async def test_are_narrowed(self, site: Site, ana: Visitor, query: str, *, fits: bool) -> None:
        """By provider, kind of act, outcome and time, in the reader's zone."""
        await said(site)

        page = await ana.get(f"{EXCHANGES}?{query}")

        assert fits is ("There are none of these." not in page.text)

    async def test_open_with_what_was_sent_and_came_back(self, site: Site, ana: Visitor) -> None:
        """Masked, with the way to its operation."""
        operation = await said(site, answer='{"status":"refused"}', status=422, outcome="refused")
        [row] = await site.runtime.database.fetch("SELECT id FROM exchanges")

        page = await ana.get(f"{EXCHANGES}/{row['id']}")

        assert "API-CLIENT-KEY: •••" in page.text
        assert '"status": "refused"' in page.text
        assert f'href="/console/operations/{operation}"' in page.source

    async def test_that_are_gone_are_said_to_be(self, ana: Visitor) -> None:
        """As a page, whatever number somebody asks for."""
        for number in ("1", str(2**63 - 1)):
            assert 404 == (await ana.get(f"{EXCHANGES}/{number}")).status

    async def test_ask_the_same_of_the_database_however_many_they_are(
        self, site: Site, ana: Visitor
    ) -> None:
        """A constant number of statements."""
        numbers = []
        for n in (0, 5):
            if n:
                await said(site, n)
            numbers.append(await statements_of(site, ana, EXCHANGES))

        assert numbers[0] == numbers[1]


async def message(
    site: Site, body: bytes = b'{"cpf":"16514548091"}', *, why: str | None = None
) -> UUID:
    """A message of QI Tech's, put aside where there is a reason."""
    async with site.runtime.database.unit_of_work() as work:
        await receive(work, "qitech", body, job="portability.take_message")
        [row] = await work.fetch("SELECT id FROM inbox ORDER BY id DESC LIMIT 1")
        if why:
            await work.fetch(
                "UPDATE inbox SET processed_at = tramita_now(), not_understood = $2 WHERE id = $1",
                row["id"],
                why,
            )
    found: UUID = row["id"]
    return found


class TestMessages:
    async def test_are_told_by_what_became_of_them(self, site: Site, ana: Visitor) -> None:
        """Those that wait, were taken, and were put aside."""
        waiting, aside = await message(site), await message(site, b"?", why="no JSON")
        seen = {
            standing: re.findall(
                rf'<h2><a href="{MESSAGES}/([\w-]+)"',
                (await ana.get(f"{MESSAGES}?standing={standing}")).source,
            )
            for standing in ("", "waiting", "taken", "aside")
        }

        assert {
            "": [str(aside), str(waiting)],
            "waiting": [str(waiting)],
            "taken": [],
            "aside": [str(aside)],
        } == seen

    async def test_open_masked(self, site: Site, ana: Visitor) -> None:
        """What one says, without what names a client."""
        one = await message(site)

        page = await ana.get(f"{MESSAGES}/{one}")

        assert "•••.145.•••-••" in page.text
        assert "16514548091" not in page.source

    async def test_lead_to_what_they_are_about(self, site: Site, ana: Visitor) -> None:
        """Once that was found out."""
        about, one = new_id(), await message(site)
        before = await ana.get(f"{MESSAGES}/{one}")
        await site.runtime.database.fetch("UPDATE inbox SET subject_id = $1", about)

        page = await ana.get(f"{MESSAGES}/{one}")

        assert "/console/things/" not in before.source
        assert f'href="/console/things/{about}"' in page.source

    async def test_that_were_put_aside_are_taken_again(self, site: Site, ana: Visitor) -> None:
        """Once; whoever is later is told so, and nothing is enqueued twice."""
        one = await message(site, b"?", why="no JSON")
        page = await ana.get(f"{MESSAGES}/{one}")
        form = {"csrf_token": page.csrf_token}
        await site.runtime.database.fetch("DELETE FROM pgqueuer")

        first = await ana.post(f"{MESSAGES}/{one}", form)
        second = await ana.post(f"{MESSAGES}/{one}", form)
        jobs = await site.runtime.database.fetch("SELECT entrypoint, payload FROM pgqueuer")
        [row] = await site.runtime.database.fetch(
            "SELECT actor, to_state FROM history WHERE subject = 'inbox' AND subject_id = $1", one
        )

        assert (303, 409) == (first.status, second.status)
        assert "It was not put aside any more" in second.text
        assert [("portability.take_message", str(one))] == [
            (job["entrypoint"], json.loads(job["payload"])["message_id"]) for job in jobs
        ]
        assert (f"user:{ANA}", "received") == (row["actor"], row["to_state"])

    async def test_stay_where_nobody_could_read_them(self, site: Site, ana: Visitor) -> None:
        """Their sender is connected no more; or the body was emptied, and there is no button."""
        gone, emptied = [await message(site, one, why="no JSON") for one in (b"?", b"!")]
        await site.runtime.database.fetch("UPDATE inbox SET provider = 'gone' WHERE id = $1", gone)
        page = await ana.get(f"{MESSAGES}/{gone}")
        await site.runtime.database.fetch("UPDATE inbox SET body = NULL WHERE id = $1", emptied)

        seen = await ana.post(f"{MESSAGES}/{gone}", {"csrf_token": page.csrf_token})
        other = await ana.get(f"{MESSAGES}/{emptied}")

        assert 409 == seen.status
        assert "Messages of gone are read by nobody here any more." in seen.text
        assert "Take again" not in other.text
        rows = await site.runtime.database.fetch(
            "SELECT FROM inbox WHERE id = ANY($1) AND not_understood IS NOT NULL", [gone, emptied]
        )
        assert 2 == len(rows)


async def told(site: Site, *, failed: int, delivered: int = 0, enabled: bool = True) -> UUID:
    """An endpoint, and what became of deliveries to it."""
    endpoint = new_id()
    async with site.runtime.database.unit_of_work() as work:
        await work.fetch(
            "INSERT INTO webhook_endpoints (id, url, description, state, secret, created_at, "
            "disabled_at, disabled_reason) VALUES ($1, 'https://partner.example/hook', '', $2, "
            "'whsec_x', now(), CASE WHEN $2 = 'disabled' THEN now() END, "
            "CASE WHEN $2 = 'disabled' THEN 'it answered 410 Gone' END)",
            endpoint,
            "enabled" if enabled else "disabled",
        )
        for state in ["failed"] * failed + ["delivered"] * delivered:
            event, delivery = f"evt_{new_id().hex}", new_id()
            body = work.keys.encrypt('{"data":{}}', "webhook_events.body")
            await work.fetch(
                "INSERT INTO webhook_events (id, type, occurred_at, body, subject_id, tenant) "
                "VALUES ($1, 'webhooks.test', now(), $2, $3, 'house')",
                event,
                body,
                new_id(),
            )
            await work.fetch(
                "INSERT INTO webhook_deliveries (id, event_id, endpoint_id, state, attempts, tries, "
                "is_held, wake_at) VALUES ($1, $2, $3, $4, 1, 1, false, now())",
                delivery,
                event,
                endpoint,
                state,
            )
            await work.fetch(
                "INSERT INTO webhook_attempts (delivery_id, number, started_at, status, answer) "
                "VALUES ($1, 1, now(), 500, 'oh no')",
                delivery,
            )
    return endpoint


async def states(site: Site) -> list[str]:
    """Where deliveries stand."""
    rows = await site.runtime.database.fetch("SELECT state FROM webhook_deliveries ORDER BY state")
    return [row["state"] for row in rows]


class TestDeliveries:
    async def test_are_replayed_one_by_one(self, site: Site, ana: Visitor) -> None:
        """From the page of their event, with every attempt; twice is told."""
        await told(site, failed=1)
        page = await ana.get(DELIVERIES)
        event = re.search(rf'<h2><a href="{DELIVERIES}/(evt_\w+)"', page.source)
        assert event is not None
        opened = await ana.get(f"{DELIVERIES}/{event[1]}")
        delivery = re.search(r'name="delivery" value="([\w-]+)"', opened.source)
        assert delivery is not None
        form = {"csrf_token": opened.csrf_token, "delivery": delivery[1]}

        first = await ana.post(f"{DELIVERIES}/{event[1]}", form)
        second = await ana.post(f"{DELIVERIES}/{event[1]}", form)

        assert "500" in opened.text
        assert (303, 409) == (first.status, second.status)
        assert ["waiting"] == await states(site)

    async def test_that_failed_are_replayed_together_once_it_was_asked(
        self, site: Site, ana: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So many at once as one press may, the others stay; that it was done is written down."""
        monkeypatch.setattr(deliveries, "MOST_REPLAYED", 2)
        endpoint = await told(site, failed=3, delivered=1)
        address = f"{DELIVERIES}/endpoints/{endpoint}"
        form = {"csrf_token": (await ana.get(DELIVERIES)).csrf_token}

        asked = await ana.post(address, form)
        untouched = await states(site)
        done = await ana.post(address, form | {"confirmed": "yes"})
        noted = await site.runtime.database.fetch(
            "SELECT actor, details FROM audit WHERE subject_id = $1", str(endpoint)
        )

        assert "Deliver again everything that failed?" in asked.text
        assert ["delivered", "failed", "failed", "failed"] == untouched
        assert 303 == done.status
        assert ["delivered", "failed", "waiting", "waiting"] == await states(site)
        assert [(f"user:{ANA}", 2)] == [(one["actor"], one["details"]["number"]) for one in noted]

    async def test_of_an_endpoint_that_is_off_say_why(self, site: Site, ana: Visitor) -> None:
        """Nothing is sent there; whoever may act is no admin, and does not switch it on."""
        endpoint = await told(site, failed=1, enabled=False)
        page = await ana.get(DELIVERIES)
        form = {"csrf_token": page.csrf_token, "confirmed": "yes"}

        replayed = await ana.post(f"{DELIVERIES}/endpoints/{endpoint}", form)
        enabled = await ana.post(f"{DELIVERIES}/endpoints/{endpoint}/enable", form)
        await site.runtime.database.fetch("UPDATE accounts SET role = 'admin'")
        by_admin = await ana.post(f"{DELIVERIES}/endpoints/{endpoint}/enable", form)
        await site.runtime.database.fetch("UPDATE accounts SET role = 'operator'")

        assert "it answered 410 Gone" in page.text
        assert (409, 403, 303) == (replayed.status, enabled.status, by_admin.status)
        assert "Switched off" not in (await ana.get(DELIVERIES)).text

    async def test_are_narrowed_to_a_state(self, site: Site, ana: Visitor) -> None:
        """The latest of each first."""
        await told(site, failed=1, delivered=2)

        seen = [
            (await ana.get(f"{DELIVERIES}?standing={one}")).source.count('<li id="delivery-')
            for one in ("", "failed", "delivered", "waiting")
        ]

        assert [3, 1, 2, 0] == seen
