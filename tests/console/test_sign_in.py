"""Signing in and out, as a browser does it."""

import html
import io
import re
from datetime import timedelta
from time import monotonic

import pytest

from tests.console.conftest import ANA
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.web.conftest import Site
from tramita.console.onward import HOME, local_path
from tramita.kit.accounts import passwords
from tramita.kit.accounts.attempts import FIRST_WAIT
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account, disable_account

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = "/console/operations"


class TestAStranger:
    @pytest.mark.parametrize(
        "asked",
        [
            "/console",
            f"{LIST}?state=unknown&kind=a%26b",
            f"{LIST}/01a20284-9c25-7762-939b-ad71bf9fe9f9",
        ],
    )
    async def test_signs_in_and_gets_where_they_wanted(self, stranger: Visitor, asked: str) -> None:
        """The address survives, its query too."""
        sent = await stranger.get(asked)
        assert 303 == sent.status

        page = await stranger.get(sent.location)
        [onward] = re.findall(r'name="next" value="([^"]*)"', page.source)
        entered = await stranger.sign_in(ANA, onward=html.unescape(onward))

        assert (303, asked) == (entered.status, entered.location)

    async def test_sees_nothing_by_a_session_of_their_own_making(self, stranger: Visitor) -> None:
        """Neither a made-up id nor an empty one opens anything."""
        for value in ("", "x" * 43):
            stranger.session.cookie_jar.update_cookies({"tramita_session": value})

            assert 303 == (await stranger.get(LIST)).status

    async def test_cannot_use_a_token_of_the_api(self, site: Site) -> None:
        """Tokens are for programs, the console is for people."""
        answer = await site.ask("GET", LIST, allow_redirects=False)

        assert 303 == answer.status


class TestTheForm:
    async def test_says_one_thing_for_every_wrong_pair(self, stranger: Visitor) -> None:
        """In place, with the address still there and the password gone."""
        refused = await stranger.sign_in("nobody@example.com")

        assert 403 == refused.status
        assert "The e-mail or the password is wrong." in refused.text
        assert 'value="nobody@example.com"' in refused.source
        assert PASSWORD not in refused.source

    async def test_says_how_long_to_wait(self, site: Site, stranger: Visitor) -> None:
        """After five failures, whoever asks."""
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, "guessed@example.com", PASSWORD, Role.OPERATOR)
        for _ in range(4):
            await stranger.sign_in("guessed@example.com", "a wrong password")
        before = monotonic()
        await stranger.sign_in("guessed@example.com", "a wrong password")

        refused = await stranger.sign_in("guessed@example.com")
        passed = timedelta(seconds=monotonic() - before)

        assert 429 == refused.status
        assert "Too many failed attempts: wait" in refused.text
        least, most = (round(one.total_seconds()) for one in (FIRST_WAIT - passed, FIRST_WAIT))
        assert least <= int(refused.headers["Retry-After"]) <= most

    @pytest.mark.parametrize("token", ["", "0" * 64])
    async def test_is_refused_without_its_token(self, stranger: Visitor, token: str) -> None:
        """Nobody is signed in to an account of somebody else's choice."""
        await stranger.get("/console/login")

        refused = await stranger.post(
            "/console/login", {"csrf_token": token, "email": ANA, "password": PASSWORD}
        )

        assert 403 == refused.status
        assert "Nothing was done" in refused.text
        assert stranger.cookie("tramita_session") is None

    async def test_is_refused_in_a_browser_that_never_saw_it(self, stranger: Visitor) -> None:
        """Its cookie is missing."""
        refused = await stranger.post("/console/login", {"email": ANA, "password": PASSWORD})

        assert 403 == refused.status

    async def test_lets_whoever_is_signed_in_pass(self, ana: Visitor) -> None:
        """Nobody signs in twice by accident."""
        answer = await ana.get(f"/console/login?next={LIST}?state=unknown")

        assert (303, f"{LIST}?state=unknown") == (answer.status, answer.location)


class TestTheCookie:
    async def test_is_kept_from_scripts_and_other_sites(self, stranger: Visitor) -> None:
        """HttpOnly and SameSite; Secure only where there is TLS, or nobody could sign in."""
        entered = await stranger.sign_in(ANA)

        [cookie] = [
            one for one in entered.headers.getall("Set-Cookie") if one.startswith("tramita_session")
        ]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
        assert 43 == len(stranger.cookie("tramita_session") or "")

    async def test_is_bound_to_tls_where_there_is_tls(
        self, site: Site, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Secure, and by its name nobody else's."""
        monkeypatch.setattr(site.runtime.settings, "public_url", "https://tramita.example.com")

        page = await stranger.get("/console/login")

        [cookie] = page.headers.getall("Set-Cookie")
        assert cookie.startswith("__Host-tramita_login=")
        assert "Secure" in cookie

    async def test_is_another_after_each_sign_in(self, site: Site, ana: Visitor) -> None:
        """And the one before opens nothing any more."""
        before = ana.cookie("tramita_session") or ""
        async with visiting(site.url) as other:
            other.session.cookie_jar.update_cookies({"tramita_session": before})
            page = await other.get("/console/operations")
            assert 200 == page.status

            login = await ana.post("/console/logout", {"csrf_token": page.csrf_token})

            assert "/console/login" == login.location
            assert 303 == (await other.get(LIST)).status
        await ana.sign_in(ANA)
        assert ana.cookie("tramita_session") not in (None, before)


class TestAKnownBrowser:
    async def test_lets_its_owner_in_while_others_guess(self, site: Site, ana: Visitor) -> None:
        """Also from the network that the guesses come from."""
        page = await ana.get("/console/operations")
        await ana.post("/console/logout", {"csrf_token": page.csrf_token})
        async with visiting(site.url) as other:
            for _ in range(5):
                await other.sign_in(ANA, "a wrong password")
            assert 429 == (await other.sign_in(ANA)).status

        assert 303 == (await ana.sign_in(ANA)).status
        async with site.runtime.database.unit_of_work() as work:
            await work.fetch("DELETE FROM login_attempts")

    async def test_is_known_for_half_a_year_and_by_no_script(self, stranger: Visitor) -> None:
        """The cookie outlives the session, and opens nothing by itself."""
        entered = await stranger.sign_in(ANA)

        [cookie] = [
            one for one in entered.headers.getall("Set-Cookie") if one.startswith("tramita_device")
        ]
        assert "HttpOnly" in cookie
        assert "Max-Age=15552000" in cookie

    async def test_is_told_when_too_many_sign_in(
        self, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On the form, with the time to wait."""
        monkeypatch.setattr(passwords, "MOST_WAITING", 0)

        refused = await stranger.sign_in(ANA)

        assert (503, "5") == (refused.status, refused.headers["Retry-After"])
        assert "Too many people sign in at this moment" in refused.text


class TestASessionThatEnds:
    async def test_by_time_says_so(self, site: Site, ana: Visitor) -> None:
        """Then one signs in again, and goes on where one was."""
        async with site.runtime.database.unit_of_work() as work:
            await work.fetch("UPDATE account_sessions SET seen_at = now() - interval '61 minutes'")

        sent = await ana.get(f"{LIST}?state=pending")
        page = await ana.get(sent.location)

        assert "Your session has ended. Sign in again." in page.text
        assert (
            f"{LIST}?state=pending"
            == (await ana.sign_in(ANA, onward=f"{LIST}?state=pending")).location
        )

    @pytest.mark.parametrize(
        ("sent_from", "onward"),
        [
            ("/console/contracts?journey=vivo", "/console/contracts?journey=vivo"),
            ("/elsewhere", HOME),
            (None, HOME),
        ],
    )
    async def test_leads_from_a_form_back_to_its_page(
        self, site: Site, stranger: Visitor, sent_from: str | None, onward: str
    ) -> None:
        """What takes the form is no page; and nobody is led out of the console."""
        referer = {"Referer": site.url + sent_from} if sent_from else {}

        sent = await stranger.post("/console/contracts/views", {"name": "Mine"}, headers=referer)
        page = await stranger.get(sent.location)

        [known] = re.findall(r'name="next" value="([^"]*)"', page.source)
        assert (303, onward) == (sent.status, html.unescape(known))

    async def test_with_its_account(self, site: Site, stranger: Visitor) -> None:
        """Disabling is felt by the very next request."""
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, "leaver@example.com", PASSWORD, Role.VIEWER)
        await stranger.sign_in("leaver@example.com")
        before = await stranger.get(LIST)

        async with site.runtime.database.unit_of_work() as work:
            await disable_account(work, "leaver@example.com")

        assert (200, 303) == (before.status, (await stranger.get(LIST)).status)


class TestWhereToGoOn:
    @pytest.mark.parametrize(
        "onward",
        [
            None,
            "",
            "https://evil.example",
            "//evil.example/console",
            "/\\evil.example",
            "/console\\@evil.example",
            "/consolez",
            "/console/a\nb",
            "/console/é",
            "/console/login",
            "/console/login?next=/console/login",
            "/console/logout",
            "/formalizacao/x",
            "/console/../formalizacao/x",
            "/console/%2e%2E/formalizacao/x",
            "/console/./x",
            "javascript:alert(1)",
        ],
    )
    async def test_is_never_elsewhere(self, onward: str | None) -> None:
        """Only a page of the console, whatever a link says."""
        assert local_path(onward) == HOME


class TestAFormFromElsewhere:
    @pytest.mark.parametrize(
        "origin", ["http://[", "https://{host}", "http://evil.example", "null", "ftp://{host}"]
    )
    async def test_is_refused_whatever_it_names(
        self, site: Site, stranger: Visitor, origin: str
    ) -> None:
        """Another host, another scheme, or nothing that is an origin."""
        page = await stranger.get("/console/login")
        host = site.url.removeprefix("http://")

        refused = await stranger.post(
            "/console/login",
            {"csrf_token": page.csrf_token, "email": ANA, "password": PASSWORD},
            headers={"Origin": origin.format(host=host)},
        )

        assert 403 == refused.status

    async def test_is_taken_from_here(self, site: Site, stranger: Visitor) -> None:
        """By the name under which the browser asked."""
        page = await stranger.get("/console/login")

        entered = await stranger.post(
            "/console/login",
            {"csrf_token": page.csrf_token, "email": ANA, "password": PASSWORD},
            headers={"Origin": site.url},
        )

        assert 303 == entered.status

    @pytest.mark.parametrize(
        ("kind", "body", "status"),
        [
            (
                "multipart/form-data; boundary=b",
                b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n'
                b"Content-Type: text/plain; charset=nope\r\n\r\nx\r\n--b--\r\n",
                403,
            ),
            ("application/x-www-form-urlencoded", b"a=1&" * 110_000, 413),
        ],
        ids=["an unknown charset", "110,000 fields"],
    )
    async def test_is_no_failure_of_ours(
        self, stranger: Visitor, kind: str, body: bytes, status: int
    ) -> None:
        """A form that no page of ours sends, or more of it than any page holds."""
        await stranger.get("/console/login")

        async with stranger.session.post(
            "/console/login", data=io.BytesIO(body), headers={"Content-Type": kind}
        ) as answer:
            assert status == answer.status
