"""How learners come to their pages, and go."""

import pytest

from tests.console.visitor import visiting
from tests.jwts import token_of
from tests.orders.campus import Campus
from tests.orders.pages.reader import act, come_in, reading
from tramita.kit.jwt_users import JWTSettings
from tramita.kit.settings import Mode

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestALearner:
    async def test_comes_in_by_the_platforms_word(self, campus: Campus) -> None:
        """A form with its token opens a session that no script, and no other page, gets hold of."""
        async with visiting(campus.site.url) as visitor:
            entered = await come_in(visitor, campus.learner())
            shown = await visitor.get("/learn")

        cookie = entered.headers["Set-Cookie"]
        assert (303, "/learn", 200) == (entered.status, entered.location, shown.status)
        assert {"HttpOnly", "Path=/learn", "SameSite=lax"} <= set(cookie.split("; "))

    @pytest.mark.parametrize("token", ["", "no token", token_of("ana", exp=1)])
    async def test_is_not_let_in_by_what_the_platform_did_not_sign(
        self, campus: Campus, token: str
    ) -> None:
        """Nor by what it signed too long ago; it says where to go instead."""
        async with visiting(campus.site.url) as visitor:
            refused = await visitor.post("/learn/enter", {"token": token})

            assert 403 == refused.status
            assert "You could not be let in" in refused.text
            assert "Set-Cookie" not in refused.headers
            assert 401 == (await visitor.get("/learn")).status

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Origin": "https://campus.example"}, 303),
            ({"Referer": "https://campus.example/courses/7"}, 303),
            ({"Origin": "https://elsewhere.example", "Referer": "https://campus.example/"}, 403),
            ({"Origin": "https://campus.example.elsewhere.example"}, 403),
            ({"Origin": "http://campus.example"}, 403),
            ({"Origin": "null"}, 403),
            ({}, 403),
        ],
    )
    async def test_is_let_in_by_a_form_of_the_platforms_site_alone(
        self, campus: Campus, headers: dict[str, str], status: int
    ) -> None:
        """A third site would have a token of its own, and whoever came so would act in its name."""
        learner, runtime = campus.learner(), campus.site.runtime
        usual = runtime.configured(JWTSettings)
        runtime.configure(JWTSettings(origins=("https://campus.example",)))
        async with visiting(campus.site.url) as visitor:
            entered = await visitor.post(
                "/learn/enter", {"token": token_of(learner.username)}, headers
            )
        runtime.configure(usual)

        assert (status, status == 303) == (entered.status, "Set-Cookie" in entered.headers)

    async def test_is_sent_by_no_site_where_none_is_named(
        self, campus: Campus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In production; only in the demo may everybody send everybody."""
        monkeypatch.setattr(campus.site.runtime.settings, "mode", Mode.PRODUCTION)
        usual = campus.site.runtime.configured(JWTSettings)
        campus.site.runtime.configure(JWTSettings(secret="of-the-campus-and-nobody-else-at-all"))
        token = token_of("ana", secret="of-the-campus-and-nobody-else-at-all")
        async with visiting(campus.site.url) as visitor:
            refused = await visitor.post(
                "/learn/enter", {"token": token}, {"Origin": "https://campus.example"}
            )
        campus.site.runtime.configure(usual)

        assert 403 == refused.status

    async def test_is_told_when_their_time_is_over(self, campus: Campus) -> None:
        """In words on a page, and by a status to the script."""
        async with reading(campus, "fr") as (_, visitor):
            async with campus.site.runtime.database.unit_of_work() as work:
                await work.fetch(
                    "UPDATE learner_sessions SET seen_at = now() - interval '61 minutes'"
                )
            seen = [await visitor.get(path) for path in ("/learn", "/learn?fragment=1")]
            visitor.session.headers["Accept-Language"] = "fr"
            french = await visitor.get("/learn")

        assert [401, 401] == [one.status for one in seen]
        assert "Your time here is over" in seen[0].text
        assert "Votre session est terminée" in french.text

    async def test_who_has_gone_is_out_although_their_page_is_open(self, campus: Campus) -> None:
        """It looks for changes by itself, by whatever way: only what somebody asks for counts."""
        idle = "SELECT now() - seen_at > interval '50 minutes' AS is_idle FROM learner_sessions"
        async with reading(campus) as (_, visitor):
            database = campus.site.runtime.database
            await database.fetch(
                "UPDATE learner_sessions SET seen_at = now() - interval '51 minutes'"
            )
            async with visitor.session.ws_connect("/learn/live") as socket:
                await socket.receive_json(timeout=60)
            for path in ("/learn?fragment=1", "/learn?again=1", "/learn/cards?fragment=1"):
                assert 200 == (await visitor.get(path)).status
            before = {row["is_idle"] for row in await database.fetch(idle)}
            await visitor.get("/learn")

            assert ({True}, 1) == (
                before,
                sum(not row["is_idle"] for row in await database.fetch(idle)),
            )

    async def test_leaves_for_good(self, campus: Campus) -> None:
        """What the browser kept opens nothing any more."""
        async with reading(campus) as (_, visitor):
            kept = visitor.cookie("tramita_learner") or ""
            left = await act(visitor, "/learn", "/learn/leave")
            visitor.session.cookie_jar.update_cookies({"tramita_learner": kept})
            after = await visitor.get("/learn")

        assert "Goodbye" in left.text
        assert 401 == after.status

    async def test_who_is_forgotten_is_out(self, campus: Campus) -> None:
        """A session shows nothing of somebody who was erased."""
        async with reading(campus) as (_, visitor):
            async with campus.site.runtime.database.unit_of_work() as work:
                await work.fetch("UPDATE customers SET erased_at = now()")

            assert 401 == (await visitor.get("/learn")).status
            async with campus.site.runtime.database.unit_of_work() as work:
                await work.fetch("UPDATE customers SET erased_at = NULL")

    async def test_acts_by_forms_of_their_own_session_alone(self, campus: Campus) -> None:
        """A form without its token, with another's, or sent by another site does nothing."""
        async with reading(campus) as (_, visitor), reading(campus) as (_, other):
            foreign = (await other.get("/learn/cards")).csrf_token
            own = (await visitor.get("/learn/cards")).csrf_token
            refused = [
                await visitor.post("/learn/cards/new", form, headers)
                for form, headers in (
                    ({}, None),
                    ({"csrf_token": foreign}, None),
                    ({"csrf_token": own}, {"Sec-Fetch-Site": "cross-site"}),
                )
            ]

        assert [403, 403, 403] == [one.status for one in refused]
        assert all("Nothing was done" in one.text for one in refused)

    async def test_of_another_site_opens_no_socket(self, campus: Campus) -> None:
        """Although the browser would send the cookie along."""
        async with reading(campus) as (_, visitor):
            async with visitor.session.ws_connect("/learn/live") as socket:
                said = await socket.receive_json(timeout=60)
            async with visitor.session.get(
                "/learn/live",
                headers={
                    "Connection": "Upgrade",
                    "Upgrade": "websocket",
                    "Sec-WebSocket-Version": "13",
                    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
                    "Origin": "https://elsewhere.example",
                },
            ) as foreign:
                refused = foreign.status

        assert ({"type": "CHANGED"}, 403) == (said, refused)


class TestTheDemo:
    async def test_lets_anybody_be_whom_it_knows(self, campus: Campus) -> None:
        """Each of its learners is a button, and no address holds a token."""
        known = campus.learner(full_name="Zoé Connue")
        await known.order(await campus.offer())
        async with visiting(campus.site.url) as visitor:
            page = await visitor.get("/learn/enter")
            entered = await visitor.post("/learn/enter", {"learner": known.username})
            orders = await visitor.get("/learn")

        assert "Zoé Connue" in page.text
        assert (303, "/learn") == (entered.status, entered.location)
        assert "Botany for all" in orders.text

    async def test_knows_nobody_else(self, campus: Campus) -> None:
        """A name that was made up, and a form of another site, open nothing."""
        cross = {"Sec-Fetch-Site": "cross-site"}
        async with visiting(campus.site.url) as visitor:
            refused = [
                await visitor.post("/learn/enter", {"learner": "nobody-at-all"}),
                await visitor.post("/learn/enter", {"learner": "ana"}, cross),
            ]

        assert [404, 404] == [one.status for one in refused]
