"""The second factor in a browser: nothing opens before it, and there is no door around it."""

import html
import re
import time
from base64 import b32decode

import pytest
import pytest_asyncio

from tests.console.visitor import PASSWORD, Seen, Visitor, visiting
from tests.emptying import empty
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.second_factor import begin_enrolment, confirm_enrolment
from tramita.kit.accounts.service import create_account, demand_second_factor
from tramita.kit.accounts.totp import code_at, step_at

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEP, OWN = "/console/second-step", "/console/me/security"
EVA = "eva@example.com"
LIST = "/console/operations"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def eva(site: Site) -> None:
    """Each test begins with Eva anew, an admin without a second factor."""
    database = site.runtime.database
    await empty(database, "account_sessions")
    await database.fetch("DELETE FROM accounts WHERE email = $1", EVA)
    await database.fetch("DELETE FROM login_attempts")
    async with database.unit_of_work() as work:
        await create_account(work, EVA, PASSWORD, Role.ADMIN)


async def with_app(site: Site) -> bytes:
    """Give Eva an app whose secret this is."""
    [row] = await site.runtime.database.fetch("SELECT id FROM accounts WHERE email = $1", EVA)
    async with site.runtime.database.unit_of_work() as work:
        secret = await begin_enrolment(work, row["id"])
        assert await confirm_enrolment(work, row["id"], code_of(secret))
    await as_new(site)
    return secret


async def as_new(site: Site) -> None:
    """As if no code was used yet: tests do not wait for half a minute."""
    await site.runtime.database.fetch("UPDATE second_factors SET last_step = 0")


def code_of(secret: bytes) -> str:
    return code_at(secret, step_at(time.time()))


def secret_in(page: Seen) -> bytes:
    [written] = re.findall(r'class="mono secret">([A-Z2-7 ]+)<', page.source)
    return b32decode(written.replace(" ", ""))


async def send(who: Visitor, address: str, page: Seen, **form: str) -> Seen:
    return await who.post(address, {"csrf_token": page.csrf_token} | form)


class TestSigningIn:
    async def test_asks_for_a_code_and_goes_on(self, site: Site, stranger: Visitor) -> None:
        """Where somebody wanted to go; with a session of another id than what was held between."""
        secret = await with_app(site)
        first = await stranger.sign_in(EVA, onward=f"{LIST}?state=unknown")
        entry_id = stranger.cookie("tramita_entering")
        before = (stranger.cookie("tramita_session"), (await stranger.get(LIST)).status)
        page = await stranger.get(first.location)
        onward = html.unescape(re.findall(r'name="next" value="([^"]*)"', page.source)[0])
        entered = await send(stranger, STEP, page, code=code_of(secret), next=onward)

        assert first.location.startswith(f"{STEP}?next=")
        assert (None, 303) == before
        assert (303, f"{LIST}?state=unknown") == (entered.status, entered.location)
        assert stranger.cookie("tramita_session") not in (None, entry_id)
        assert stranger.cookie("tramita_entering") is None
        assert 200 == (await stranger.get(LIST)).status

    async def test_is_refused_with_a_wrong_code(self, site: Site, stranger: Visitor) -> None:
        """In place; after five of them one waits, whatever comes then."""
        secret = await with_app(site)
        page = await stranger.get((await stranger.sign_in(EVA)).location)
        refused = [await send(stranger, STEP, page, code="000000") for _ in range(5)]
        waiting = await send(stranger, STEP, page, code=code_of(secret))

        assert [422] * 5 == [one.status for one in refused]
        assert "The code is wrong, or was used before." in refused[0].text
        assert (429, True) == (waiting.status, "Too many failed attempts" in waiting.text)
        assert stranger.cookie("tramita_session") is None

    async def test_begins_again_for_whoever_wants(self, site: Site, stranger: Visitor) -> None:
        """Then the first step is worth nothing."""
        secret = await with_app(site)
        page = await stranger.get((await stranger.sign_in(EVA)).location)
        left = await send(stranger, STEP, page, back="yes")
        entered = await send(stranger, STEP, page, code=code_of(secret))

        assert ["/console/login"] * 2 == [left.location, entered.location]


class TestAFirstStepAlone:
    @pytest.mark.parametrize("name", ["tramita_session", "tramita_learner", "tramita_device"])
    async def test_opens_nothing_under_another_name(
        self, site: Site, stranger: Visitor, name: str
    ) -> None:
        """What is held between the steps is no session, whatever cookie it is put into."""
        await with_app(site)
        await stranger.sign_in(EVA)
        entry_id = stranger.cookie("tramita_entering") or ""
        async with visiting(site.url) as other:
            other.session.cookie_jar.update_cookies({name: entry_id})
            statuses = {(await other.get(path)).status for path in (LIST, OWN, "/console/accounts")}

        assert entry_id
        assert {303} == statuses

    async def test_opens_neither_the_api_nor_a_socket(self, site: Site, stranger: Visitor) -> None:
        """A token is what those want, and a session is none."""
        await with_app(site)
        await stranger.sign_in(EVA)
        borne = {"Authorization": f"Bearer {stranger.cookie('tramita_entering')}"}

        answer = await site.ask("GET", "/api/v1/operations", authenticated=False, headers=borne)

        assert 401 == answer.status

    async def test_changes_nothing_of_the_account(self, site: Site, stranger: Visitor) -> None:
        """Neither the password nor the second factor, without a session."""
        await with_app(site)
        page = await stranger.get((await stranger.sign_in(EVA)).location)
        for action in ("password", "begin", "remove", "renew"):
            sent = await send(stranger, OWN, page, action=action, old=PASSWORD)

            assert (303, True) == (sent.status, "/console/login" in sent.location)

    async def test_is_not_carried_into_a_browser_by_somebody_else(
        self, site: Site, stranger: Visitor
    ) -> None:
        """Without the form's token of this very entry nothing goes on."""
        secret = await with_app(site)
        await stranger.sign_in(EVA)

        forged = await stranger.post(STEP, {"csrf_token": "0" * 64, "code": code_of(secret)})

        assert 403 == forged.status


class TestADemand:
    async def test_has_an_app_set_up_before_anything_opens(
        self, site: Site, stranger: Visitor
    ) -> None:
        """The picture says what the letters say; recovery codes are shown once, and let in."""
        async with site.runtime.database.unit_of_work() as work:
            await demand_second_factor(work, EVA, is_demanded=True)
        page = await stranger.get((await stranger.sign_in(EVA)).location)
        wrong = await send(stranger, STEP, page, code="000000")
        done = await send(stranger, STEP, wrong, code=code_of(secret_in(wrong)))
        codes = re.findall(r"<li>([a-z2-9-]{24})</li>", done.source)
        async with visiting(site.url) as other:
            step = await other.get((await other.sign_in(EVA)).location)
            entered = await send(other, STEP, step, code=codes[0])

        assert "<svg" in page.source
        assert secret_in(page) == secret_in(wrong)
        assert (422, 200, 10) == (wrong.status, done.status, len(codes))
        assert 200 == (await stranger.get(LIST)).status
        assert 303 == entered.status


class TestOnesOwnPage:
    async def test_sets_up_renews_and_removes(self, site: Site, stranger: Visitor) -> None:
        """Each by what only the owner has: the password, or a code."""
        await stranger.sign_in(EVA)
        page = await stranger.get(OWN)
        refused = await send(stranger, OWN, page, action="begin", old="a wrong password")
        begun = await send(stranger, OWN, page, action="begin", old=PASSWORD)
        secret = secret_in(begun)
        done = await send(stranger, OWN, begun, action="confirm", code=code_of(secret))
        own = await stranger.get(OWN)
        await as_new(site)
        wrong = await send(stranger, OWN, own, action="remove", code="000000")
        renewed = await send(stranger, OWN, own, action="renew", code=code_of(secret))
        await as_new(site)
        removed = await send(stranger, OWN, own, action="remove", code=code_of(secret))

        assert "The present password is wrong." in refused.text
        assert "Recovery codes" in done.text
        assert "10 recovery codes are left." in own.text
        assert (422, 200) == (wrong.status, renewed.status)
        assert (303, f"{OWN}?done=removed") == (removed.status, removed.location)
        assert "Your second factor is gone." in (await stranger.get(removed.location)).text

    async def test_changes_the_password_and_ends_every_other_session(
        self, site: Site, stranger: Visitor
    ) -> None:
        """This browser goes on with a new one; guesses at the present password are slowed."""
        await stranger.sign_in(EVA)
        page = await stranger.get(OWN)
        new = {"password": "another long password", "again": "another long password"}
        async with visiting(site.url) as other:
            await other.sign_in(EVA)
            before = stranger.cookie("tramita_session")
            wrong = await send(stranger, OWN, page, action="password", old="wrong", **new)
            differ = await send(
                stranger, OWN, page, action="password", old=PASSWORD, **new | {"again": "x"}
            )
            changed = await send(stranger, OWN, page, action="password", old=PASSWORD, **new)

            assert (422, 422, 303) == (wrong.status, differ.status, changed.status)
            assert stranger.cookie("tramita_session") not in (None, before)
            assert 200 == (await stranger.get(OWN)).status
            assert 303 == (await other.get(OWN)).status

    async def test_slows_guesses_at_the_present_password(
        self, site: Site, stranger: Visitor
    ) -> None:
        """Whoever finds a browser open does not try all they know."""
        await stranger.sign_in(EVA)
        page = await stranger.get(OWN)
        new = {"password": "another long password", "again": "another long password"}
        statuses = [
            (await send(stranger, OWN, page, action="password", old=f"wrong {n}", **new)).status
            for n in range(11)
        ]

        assert [422] * 10 + [429] == statuses
