"""Admins invite, change and disable; everybody else sees none of it; nothing secret is shown twice."""

import asyncio
import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from tests.console.visitor import PASSWORD, Seen, Visitor, visiting
from tests.emptying import empty
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.accounts.settings import AccountSettings, Demand
from tramita.kit.settings import Mode
from tramita.kit.tokens import find_token

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE, TOKENS = "/console/accounts", "/console/tokens"
BOSS = "boss@example.com"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def only_ana_and_the_boss(site: Site) -> None:
    """Each test begins with these two, and with nobody locked out."""
    database = site.runtime.database
    await empty(database, "account_sessions", "mails")
    await database.fetch("DELETE FROM accounts WHERE email NOT IN ('ana@example.com', $1)", BOSS)
    await database.fetch("DELETE FROM login_attempts")
    if not await database.fetch("SELECT FROM accounts WHERE email = $1", BOSS):
        async with database.unit_of_work() as work:
            await create_account(work, BOSS, PASSWORD, Role.ADMIN)


@pytest_asyncio.fixture(loop_scope="module")
async def boss(site: Site) -> AsyncIterator[Visitor]:
    """A browser that an admin has signed in with."""
    async with visiting(site.url) as visitor:
        assert 303 == (await visitor.sign_in(BOSS)).status
        yield visitor


@pytest.fixture
def without_mail(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A production without a mail server."""
    monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)


async def press(who: Visitor, address: str, **form: str) -> Seen:
    page = await who.get(address)
    return await who.post(address, {"csrf_token": page.csrf_token} | form)


async def address_of(site: Site, email: str) -> str:
    [row] = await site.runtime.database.fetch("SELECT id FROM accounts WHERE email = $1", email)
    return f"{PAGE}/{row['id']}"


async def somebody(site: Site, email: str = "leo@example.com", role: Role = Role.VIEWER) -> str:
    """The page of an account."""
    async with site.runtime.database.unit_of_work() as work:
        await create_account(work, email, PASSWORD, role)
    return await address_of(site, email)


class TestInviting:
    @pytest.mark.usefixtures("without_mail")
    async def test_shows_the_link_once_where_no_mail_goes_out(
        self, site: Site, boss: Visitor
    ) -> None:
        """Whoever follows it sets a password and signs in; the page never has it again."""
        made = await press(boss, PAGE, email=" New@Example.com", role="viewer")
        [link] = re.findall(r"/console/welcome/[\w-]+", made.source)
        again = await boss.get(await address_of(site, "new@example.com"))

        async with visiting(site.url) as new:
            page = await new.get(link)
            form = {"csrf_token": page.csrf_token, "password": PASSWORD, "again": PASSWORD}
            kept = await new.post(link, form)
            entered = await new.sign_in("new@example.com")
            over = await new.get(link)

        assert "shown this once" in made.text
        assert "/console/welcome/" not in again.source
        assert "Welcome. Choose the password by which you sign in as: new@example.com" in page.text
        assert (303, "/console/login?done=password") == (kept.status, kept.location)
        assert 303 == entered.status
        assert (410, True) == (over.status, "This link is over" in over.text)

    async def test_sends_the_link_where_mail_goes_out(self, site: Site, boss: Visitor) -> None:
        """The page does not have it then."""
        made = await press(boss, PAGE, email="new@example.com", role="viewer")
        [mail] = await site.runtime.database.fetch("SELECT template, recipient::text FROM mails")

        assert (303, f"{PAGE}?done=true") == (made.status, made.location)
        assert "is on its way to them" in (await boss.get(made.location)).text
        assert "account_link" == mail["template"]
        assert "new@example.com" not in mail["recipient"]

    @pytest.mark.parametrize(
        ("email", "role", "status", "said"),
        [
            ("nowhere", "viewer", 422, "This is no e-mail address."),
            (BOSS, "viewer", 409, "There is an account of this address already"),
            ("new@example.com", "king", 422, "Choose a role."),
        ],
    )
    async def test_is_refused_in_place(
        self, boss: Visitor, email: str, role: str, status: int, said: str
    ) -> None:
        """What was typed stays."""
        refused = await press(boss, PAGE, email=email, role=role)

        assert (status, True) == (refused.status, said in refused.text)
        assert f'value="{email}"' in refused.source


class TestAWelcome:
    async def test_is_for_whoever_has_the_link(self, stranger: Visitor) -> None:
        """A made-up one leads nowhere, and says nothing of anybody."""
        page = await stranger.get(f"/console/welcome/{'x' * 43}")

        assert (410, True) == (page.status, "This link is over" in page.text)

    @pytest.mark.usefixtures("without_mail")
    async def test_takes_the_form_of_its_own_page(self, site: Site, boss: Visitor) -> None:
        """And two passwords that are the same, and long enough."""
        made = await press(boss, PAGE, email="new@example.com", role="viewer")
        [link] = re.findall(r"/console/welcome/[\w-]+", made.source)
        async with visiting(site.url) as new:
            token = (await new.get(link)).csrf_token
            forms = [
                {"csrf_token": "0" * 64, "password": PASSWORD, "again": PASSWORD},
                {"csrf_token": token, "password": PASSWORD, "again": "another long one"},
                {"csrf_token": token, "password": "short", "again": "short"},
                {"csrf_token": token, "password": "new@example.com", "again": "new@example.com"},
            ]
            statuses = [(await new.post(link, form)).status for form in forms]

        assert [403, 422, 422, 422] == statuses


class TestAnAccountsPage:
    async def test_changes_what_somebody_may_do(self, site: Site, boss: Visitor) -> None:
        """Felt by the very next request of theirs."""
        address = await somebody(site)
        async with visiting(site.url) as leo:
            await leo.sign_in("leo@example.com")
            before = await leo.get(PAGE)
            changed = await press(boss, address, action="role", role="admin")
            after = await leo.get(PAGE)

        assert (403, 303, 200) == (before.status, changed.status, after.status)
        assert "The role is changed" in (await boss.get(changed.location)).text

    async def test_makes_nobody_an_admin_who_lacks_the_second_factor(
        self, site: Site, boss: Visitor
    ) -> None:
        """Where admins are to have one: what was opened without it ends, and one is set up first."""
        address = await somebody(site)
        async with visiting(site.url) as leo:
            await leo.sign_in("leo@example.com")
            site.runtime.configure(AccountSettings(second_factor=Demand.ADMINS))
            try:
                await press(boss, address, action="role", role="admin")
                seen = await leo.get(PAGE)
                entered = await leo.sign_in("leo@example.com")
            finally:
                site.runtime.configure(AccountSettings())

        assert (303, 303) == (seen.status, entered.status)
        assert "/console/second-step" in entered.location

    async def test_keeps_the_last_admin(self, site: Site, boss: Visitor) -> None:
        """Neither less nor disabled, by themselves neither."""
        address = await address_of(site, BOSS)

        less = await press(boss, address, action="role", role="viewer")
        gone = await press(boss, address, action="disable", confirmed="yes")

        assert [409, 409] == [less.status, gone.status]
        assert "This is the last admin who can sign in." in less.text
        assert 200 == (await boss.get(PAGE)).status

    async def test_asks_before_it_disables(self, site: Site, boss: Visitor) -> None:
        """Then their sessions are over; enabled, they sign in as before."""
        address = await somebody(site)
        async with visiting(site.url) as leo:
            await leo.sign_in("leo@example.com")
            asked = await press(boss, address, action="disable")
            still = (await leo.get("/console/operations")).status
            await press(boss, address, action="disable", confirmed="yes")
            after = (await leo.get("/console/operations")).status
            refused = (await leo.sign_in("leo@example.com")).status
            enabled = await press(boss, address, action="enable")
            entered = (await leo.sign_in("leo@example.com")).status

        assert "Disable this account?" in asked.text
        assert (200, 303, 403, 303, 303) == (still, after, refused, enabled.status, entered)

    async def test_signs_out_everywhere(self, site: Site, boss: Visitor) -> None:
        """Every browser of theirs, and no other."""
        address = await somebody(site)
        async with visiting(site.url) as leo:
            await leo.sign_in("leo@example.com")
            await press(boss, address, action="end_sessions")

            assert 303 == (await leo.get("/console/operations")).status
        assert 200 == (await boss.get(PAGE)).status

    @pytest.mark.parametrize("form", [{}, {"action": "role", "role": "king"}, {"action": "x"}])
    async def test_does_what_a_button_says_or_nothing(
        self, site: Site, boss: Visitor, form: dict[str, str]
    ) -> None:
        """What no button sends is told in place."""
        assert 422 == (await press(boss, await somebody(site), **form)).status

    async def test_of_nobody_is_none(self, boss: Visitor) -> None:
        """An id that there is not."""
        assert 404 == (await boss.get(f"{PAGE}/{UUID(int=1)}")).status


class TestTokens:
    async def test_are_shown_once(self, site: Site, boss: Visitor) -> None:
        """Made with what they may do, then found by that and shown no more."""
        made = await press(
            boss, TOKENS, name="shop", tenant="house", scope="contracts:read", term="30"
        )
        [token] = re.findall(r"tramita_[\w-]{43}", made.source)
        later = await boss.get(TOKENS)

        found = await find_token(site.runtime.database, token)
        assert found is not None
        assert (["contracts:read"], True) == (found.scopes, found.expires_at is not None)
        assert token not in later.source
        assert "shop" in later.text

    async def test_are_rotated_and_revoked(self, site: Site, boss: Visitor) -> None:
        """Both are good for the chosen time, none after revoking; that is asked twice."""
        database = site.runtime.database
        made = await press(boss, TOKENS, name="crm", scope="contracts:read", term="")
        [first] = re.findall(r"tramita_[\w-]{43}", made.source)
        [row] = await database.fetch("SELECT id FROM service_tokens WHERE name = 'crm'")
        address = f"{TOKENS}/{row['id']}"

        rotated = await press(boss, address, action="rotate", hours="24")
        [second] = re.findall(r"tramita_[\w-]{43}", rotated.source)
        both = [await find_token(database, one) is not None for one in (first, second)]
        asked = await press(boss, address, action="revoke")
        still = await find_token(database, second) is not None
        revoked = await press(boss, address, action="revoke", confirmed="yes")
        none = [await find_token(database, one) is None for one in (first, second)]
        twice = await press(boss, address, action="revoke", confirmed="yes")

        assert ([True, True], True, [True, True]) == (both, still, none)
        assert "Revoke this token?" in asked.text
        assert (303, 409) == (revoked.status, twice.status)

    async def test_are_rotated_once_by_a_form_that_comes_twice(
        self, site: Site, boss: Visitor
    ) -> None:
        """Pressed twice, or sent again by the browser, it leaves both good that are to be."""
        database = site.runtime.database
        made = await press(boss, TOKENS, name="erp", scope="contracts:read", term="")
        [first] = re.findall(r"tramita_[\w-]{43}", made.source)
        [row] = await database.fetch("SELECT id FROM service_tokens WHERE name = 'erp'")
        address = f"{TOKENS}/{row['id']}"
        page = await boss.get(address)
        form = {"csrf_token": page.csrf_token, "rotation": "", "action": "rotate", "hours": "24"}

        sent = await asyncio.gather(*(boss.post(address, form) for _ in range(2)))
        second = re.findall(r"tramita_[\w-]{43}", "".join(one.source for one in sent))

        assert [200, 409] == sorted(one.status for one in sent)
        assert 1 == len(second)
        assert None not in [await find_token(database, one) for one in (first, *second)]

    @pytest.mark.parametrize(
        ("form", "status", "said"),
        [
            ({"name": "", "scope": "contracts:read"}, 422, "Say who will use it"),
            ({"name": "new", "scope": "root"}, 422, "Choose what it may do."),
            ({"name": "new", "scope": "contracts:read", "term": "7"}, 422, "no time"),
            ({"name": "all scopes", "scope": "contracts:read"}, 409, "of this name already"),
            (
                {"name": "new", "scope": "contracts:read", "tenant": "nobody"},
                422,
                "There is no tenant nobody",
            ),
        ],
    )
    async def test_are_refused_in_place(
        self, boss: Visitor, form: dict[str, str], status: int, said: str
    ) -> None:
        """Nothing is made."""
        refused = await press(boss, TOKENS, **form)

        assert (status, True) == (refused.status, said in refused.text)


class TestWhoIsNoAdmin:
    @pytest.mark.parametrize(
        "path", [PAGE, f"{PAGE}/{UUID(int=1)}", TOKENS, f"{TOKENS}/{UUID(int=1)}"]
    )
    async def test_sees_none_of_it(self, ana: Visitor, stranger: Visitor, path: str) -> None:
        """Neither by reading nor by a form of their own."""
        token = (await ana.get("/console/operations")).csrf_token
        form = {"csrf_token": token, "email": "x@example.com", "role": "admin", "name": "x"}

        assert (403, 403) == ((await ana.get(path)).status, (await ana.post(path, form)).status)
        assert (303, 303) == (
            (await stranger.get(path)).status,
            (await stranger.post(path, form)).status,
        )

    @pytest.mark.parametrize("path", [PAGE, TOKENS])
    async def test_cannot_have_an_admin_press_a_button(self, boss: Visitor, path: str) -> None:
        """A form of another site, or without the session's token, does nothing."""
        token = (await boss.get(path)).csrf_token
        form = {"email": "x@example.com", "role": "admin", "name": "x", "scope": "contracts:read"}
        evil = {"Origin": "https://evil.example"}

        assert 403 == (await boss.post(path, form)).status
        assert 403 == (await boss.post(path, form | {"csrf_token": token}, headers=evil)).status
