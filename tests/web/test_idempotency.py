"""Idempotency keys: one effect and one answer for any number of equal requests."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from tests.jwts import bearing
from tests.kit.database.old import old_database
from tests.locks import until_waiting
from tests.web.conftest import Answer, Site
from tests.world import envelope
from tramita.kit import idempotency
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.idempotency import Claim, IdempotencyInProgress, StoredAnswer

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTRACTS = "/api/v1/contracts"


async def _create(site: Site, key: str, body: Any, path: str = CONTRACTS) -> Answer:
    return await site.ask("POST", path, json=body, headers={"Idempotency-Key": key})


def _contract() -> dict[str, str]:
    return {"name": uuid4().hex, "backend": "net"}


async def _count(site: Site, name: str) -> int:
    return len((await site.ask("GET", f"{CONTRACTS}?q={name}")).body["items"])


async def _age(site: Site, key: str, interval: str) -> None:
    """Let the key have been claimed so long ago."""
    async with site.runtime.database.unit_of_work() as work:
        await work.fetch(
            "UPDATE idempotency_keys SET started_at = started_at - $2::text::interval "
            "WHERE key = $1",
            key,
            interval,
        )


class TestAKey:
    async def test_gives_the_first_answer_again(self, site: Site) -> None:
        """Status, body and kind are the first one's; a header tells."""
        key, body = uuid4().hex, _contract()

        first = await _create(site, key, body)
        second = await _create(site, key, body)

        assert (201, 201) == (first.status, second.status)
        assert first.body == second.body
        assert first.headers["Content-Type"] == second.headers["Content-Type"]
        assert "Idempotency-Replayed" not in first.headers
        assert "true" == second.headers["Idempotency-Replayed"]
        assert 1 == await _count(site, body["name"])

    async def test_gives_a_refusal_again(self, site: Site) -> None:
        """A final answer need not be a good one."""
        key = uuid4().hex

        answers = [await _create(site, key, {"name": 1}) for _ in range(2)]

        assert [422, 422] == [one.status for one in answers]
        assert "application/problem+json" == answers[1].headers["Content-Type"]
        assert "true" == answers[1].headers["Idempotency-Replayed"]

    async def test_is_refused_for_another_body(self, site: Site) -> None:
        """One key, one request."""
        key = uuid4().hex
        await _create(site, key, _contract())

        answer = await _create(site, key, _contract())

        assert (422, "idempotency_key_reused") == (answer.status, answer.body["code"])

    async def test_has_one_effect_among_equals_at_the_same_time(self, site: Site) -> None:
        """Ten equal requests at once: one is served, the others hear it or must wait."""
        key, body = uuid4().hex, _contract()

        answers = await asyncio.gather(*(_create(site, key, body) for _ in range(10)))
        afterwards = await _create(site, key, body)

        served = [one for one in answers if "Idempotency-Replayed" not in one.headers]
        assert 1 == [one.status for one in served].count(201)
        assert {201, 409} >= {one.status for one in answers}
        assert {"idempotency_in_progress"} >= {
            one.body["code"] for one in answers if one.status == 409
        }
        assert (201, "true") == (afterwards.status, afterwards.headers["Idempotency-Replayed"])
        assert 1 == await _count(site, body["name"])

    async def test_makes_one_envelope_among_equals(self, site: Site) -> None:
        """The expensive case: the partner's connection broke, and it asks again."""
        key, body = uuid4().hex, envelope()
        path = "/api/v1/envelopes"

        answers = await asyncio.gather(*(_create(site, key, body, path) for _ in range(5)))
        afterwards = await _create(site, key, body, path)

        made = {one.body["token"] for one in [*answers, afterwards] if one.status == 201}
        assert {201, 409} >= {one.status for one in answers}
        assert {afterwards.body["token"]} == made

    async def test_belongs_to_its_credential(self, site: Site) -> None:
        """Another token's same key is another key."""
        key, body = uuid4().hex, _contract()
        await _create(site, key, body)
        other = await site.token("contracts:write")

        answer = await site.ask(
            "POST", CONTRACTS, json=body, headers={**other, "Idempotency-Key": key}
        )

        assert 201 == answer.status
        assert "Idempotency-Replayed" not in answer.headers

    async def test_belongs_to_its_route(self, site: Site) -> None:
        """The same key for something else is another key."""
        key = uuid4().hex
        await _create(site, key, _contract())

        answer = await _create(site, key, {"name": "Maria"}, "/api/v1/customers")

        assert 201 == answer.status

    async def test_says_nothing_before_the_guard_has_looked(self, site: Site) -> None:
        """Without credentials there is a 401, kept for nobody."""
        key, body = uuid4().hex, _contract()
        headers = {"Idempotency-Key": key}

        refused = await site.ask("POST", CONTRACTS, json=body, headers=headers, authenticated=False)
        answer = await _create(site, key, body)

        assert (401, 201) == (refused.status, answer.status)

    async def test_does_not_keep_what_the_form_was_refused_for(self, site: Site) -> None:
        """The same body as the right content type is another request."""
        key = {"Idempotency-Key": uuid4().hex}
        body = b'{"name": "A", "backend": "net"}'

        refused = await site.ask(
            "POST", CONTRACTS, data=body, headers=key | {"Content-Type": "text/plain"}
        )
        answer = await site.ask(
            "POST", CONTRACTS, data=body, headers=key | {"Content-Type": "application/json"}
        )

        assert (415, 201) == (refused.status, answer.status)

    @pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\xe9"])
    async def test_is_1_to_255_visible_characters(self, site: Site, key: str) -> None:
        """Anything else is named as the header's fault."""
        answer = await _create(site, key, _contract())

        assert 422 == answer.status
        assert "header.Idempotency-Key" == answer.body["errors"][0]["path"]

    async def test_works_on_the_seeds_public_path(self, site: Site) -> None:
        """There the body's token is the credential."""
        made = await _create(site, uuid4().hex, envelope(), "/api/v1/envelopes")
        path, key = "/api/contratos/formalizacao/enviar-link/", uuid4().hex
        body = {"token": made.body["token"]}

        first = await _create(site, key, body, path)
        second = await _create(site, key, body, path)

        assert (200, 200) == (first.status, second.status)
        assert first.body == second.body
        assert "true" == second.headers["Idempotency-Replayed"]


PATHS: dict[str, Callable[[], dict[str, Any]]] = {
    "/api/v1/envelopes": envelope,
    CONTRACTS: _contract,
    "/api/v1/customers": lambda: {"name": "Maria"},
    "/api/v1/products": lambda: {
        "code": uuid4().hex[:20].upper(),
        "name": "Chip",
        "payment_backend": "net",
    },
    "/api/v1/webhooks/endpoints": lambda: {"url": f"https://lender.example/{uuid4().hex}"},
}


class TestAnAnswer:
    @pytest.mark.parametrize("path", PATHS)
    async def test_is_there_when_its_effect_is(
        self, site: Site, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        """The process dies, or loses its database, right after the commit: asked again, 201."""
        key, body = uuid4().hex, PATHS[path]()

        async def die(*_: object) -> None:
            raise ConnectionResetError

        with monkeypatch.context() as dying:
            dying.setattr(idempotency, "finish", die)
            first = await _create(site, key, body, path)
        again = await _create(site, key, body, path)

        assert (201, 201) == (first.status, again.status)
        assert "true" == again.headers["Idempotency-Replayed"]
        assert {**first.body, "secret": None} == {**again.body, "secret": None}

    async def test_is_not_there_when_its_effect_is_not(self, site: Site) -> None:
        """Its statement is ended in the middle: 503, nothing is made, and the key is free."""
        key, body = uuid4().hex, _contract()
        database = site.runtime.database
        async with database.unit_of_work() as work:
            await work.fetch("LOCK TABLE contracts IN EXCLUSIVE MODE")
            first = asyncio.create_task(_create(site, key, body))
            await until_waiting(database)
            await database.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            refused = await first
        answer = await _create(site, key, body)

        assert (503, "database_unreachable") == (refused.status, refused.body["code"])
        assert 201 == answer.status
        assert 1 == await _count(site, body["name"])

    async def test_is_given_to_the_same_value_in_other_words(self, site: Site) -> None:
        """White space and the order of members are the writer's; what is asked is the same."""
        name, headers = uuid4().hex, {"Idempotency-Key": uuid4().hex}
        headers["Content-Type"] = "application/json"
        written = [
            f'{{"name": "{name}", "backend": "net"}}',
            f'{{\n  "backend":"net",\t"n\\u0061me":"{name}"}}\n',
        ]

        answers = [
            await site.ask("POST", CONTRACTS, data=one.encode(), headers=headers) for one in written
        ]

        assert [201, 201] == [one.status for one in answers]
        assert answers[0].body == answers[1].body

    async def test_to_a_stranger_is_not_kept_unless_something_was_done(self, site: Site) -> None:
        """Whoever guesses tokens leaves no row behind."""
        key = uuid4().hex
        for body in ({"token": str(uuid4())}, {"token": 7}):
            headers = {"Idempotency-Key": key}
            path = "/api/contratos/formalizacao/enviar-link/"
            await site.ask("POST", path, json=body, headers=headers, authenticated=False)

        async with site.runtime.database.unit_of_work() as work:
            rows = await work.fetch("SELECT FROM idempotency_keys WHERE key = $1", key)
        assert [] == rows


class TestWhatIsKept:
    async def test_names_nobody_to_who_tries_names_on_it(self, site: Site) -> None:
        """Neither the learner nor what they said: digests that anybody can make are not in it."""
        key, body = uuid4().hex, b'{"course_code": "roses"}'
        headers = bearing("ana") | {"Idempotency-Key": key, "Content-Type": "application/json"}
        await site.ask("POST", "/api/v1/orders", data=body, headers=headers, authenticated=False)

        async with site.runtime.database.unit_of_work() as work:
            [row] = await work.fetch(
                "SELECT scope || body_hash FROM idempotency_keys WHERE key = $1", key
            )
        assert "POST /api/v1/orders" in row[0]
        known = (b"ana", body, msgspec.json.encode(msgspec.json.decode(body)))
        assert [] == [one for one in known if sha256(one).hexdigest() in row[0]]

    async def test_before_it_was_so_is_known_again(self, server: EmbeddedPostgres) -> None:
        """By a person, by a stranger, and by a system, whatever they had asked."""
        said = sha256(b"{}").hexdigest()
        ana = f"user:house:{sha256(b'ana').hexdigest()}"
        async with old_database(server, "0049") as database:
            keys = database.keys
            owners = {
                ana: f"user:{keys.hash('username', ana).hex()}",
                f"body:{said}": f"body:{keys.hash('request', said).hex()}",
                "token:1": "token:1",
            }
            for before in owners:
                await database.fetch(
                    "INSERT INTO idempotency_keys VALUES ($1, 'k', $2, 201, 'a/b', 'it', now())",
                    f"{before} POST /x y",
                    said,
                )
            await migrate(database)

            answers = [
                await idempotency.begin(database, f"{owner} POST /x y", "k", b"{}")
                for owner in owners.values()
            ]
        assert [StoredAnswer(201, "a/b", b"it")] * 3 == answers


class TestAClaim:
    async def test_makes_others_wait(self, site: Site) -> None:
        """While the first request runs."""
        claim = await idempotency.begin(site.runtime.database, "s", uuid4().hex, b"1")
        assert isinstance(claim, Claim)

        with pytest.raises(IdempotencyInProgress):
            await idempotency.begin(site.runtime.database, "s", claim.key, b"1")

    async def test_is_freed_by_a_failure_of_ours(self, site: Site) -> None:
        """A 5xx is not kept, so the caller may try again at once."""
        database, key = site.runtime.database, uuid4().hex
        first = await idempotency.begin(database, "s", key, b"1")
        assert isinstance(first, Claim)

        await idempotency.finish(database, first, None)

        assert isinstance(await idempotency.begin(database, "s", key, b"1"), Claim)

    async def test_is_freed_a_minute_after_its_process_died(self, site: Site) -> None:
        """Nobody will ever answer it."""
        database, key = site.runtime.database, uuid4().hex
        await idempotency.begin(database, "s", key, b"1")
        await _age(site, key, "61 seconds")

        assert isinstance(await idempotency.begin(database, "s", key, b"1"), Claim)

    async def test_is_lost_to_who_took_it_over(self, site: Site) -> None:
        """A first request that was only slow does not answer for the second."""
        database, key = site.runtime.database, uuid4().hex
        slow = await idempotency.begin(database, "s", key, b"1")
        await _age(site, key, "61 seconds")
        second = await idempotency.begin(database, "s", key, b"1")
        assert isinstance(slow, Claim)
        assert isinstance(second, Claim)

        await idempotency.finish(database, slow, StoredAnswer(201, "text/plain", b"slow"))
        await idempotency.finish(database, second, StoredAnswer(201, "text/plain", b"second"))

        assert StoredAnswer(201, "text/plain", b"second") == await idempotency.begin(
            database, "s", key, b"1"
        )

    async def test_is_forgotten_after_a_day(self, site: Site) -> None:
        """The key may then be used for anything but the same, which is not done twice."""
        key, body = uuid4().hex, _contract()
        await _create(site, key, body)
        await _age(site, key, "25 hours")

        again = await _create(site, key, body)
        other = await _create(site, key, _contract())

        assert (409, "idempotency_key_expired") == (again.status, again.body["code"])
        assert 201 == other.status
