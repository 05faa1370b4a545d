"""The audit as an admin reads it, and takes it along."""

import ast
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

import tramita
from tests.console.test_operations import statements_of
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.emptying import empty
from tests.web.conftest import Site
from tramita.console.audit.words import ACTIONS
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.audit import Subject, coming_from, note_act

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/audit"
BOSS = "boss@example.com"
CODE = Path(tramita.__file__).parent
_REFUSED = (
    "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at) "
    "VALUES ('operations', gen_random_uuid(), 'SENT', 'REFUSED', 'refuse', 'cli', now())"
)


@pytest_asyncio.fixture(loop_scope="module")
async def boss(site: Site) -> AsyncIterator[Visitor]:
    """A browser that an admin has signed in with; the audit begins with that."""
    database = site.runtime.database
    await empty(database, "audit", "history")
    if not await database.fetch("SELECT FROM accounts WHERE email = $1", BOSS):
        async with database.unit_of_work(actor="cli") as work:
            await create_account(work, BOSS, PASSWORD, Role.ADMIN)
    async with visiting(site.url) as visitor:
        await visitor.sign_in(BOSS)
        yield visitor


async def do(site: Site, action: str, *, times: int = 1, **details: str) -> None:
    with coming_from("a-request", "203.0.113.7"):
        for _ in range(times):
            async with site.runtime.database.unit_of_work(actor="user:ana@example.com") as work:
                subject = Subject("token", "a-token", "acme")
                await note_act(work, work.actor, action, subject, **details)


class TestThePage:
    async def test_tells_who_did_what_from_where(self, site: Site, boss: Visitor) -> None:
        """In words; what moved, too."""
        await do(site, "token.created", name="shop")
        await site.runtime.database.fetch(_REFUSED)

        page = await boss.get(PAGE)

        assert "ana@example.com made a token" in page.text
        assert "name: shop" in page.text
        assert "partner acme from 203.0.113.0/24 request a-request" in page.text
        assert "Sent → Refused" in page.text
        assert f"{BOSS} signed in" in page.text

    async def test_tells_nothing_of_what_was_not_said(self, site: Site, boss: Visitor) -> None:
        """A pause of everything is of no kind; one of a kind names it as people do."""
        async with site.runtime.database.unit_of_work(actor="user:ana@example.com") as work:
            for kind in (None, "payments.debit_installment"):
                subject = Subject("provider", "lyra")
                await note_act(work, work.actor, "provider.paused", subject, kind=kind)

        page = await boss.get(PAGE)

        assert "None" not in page.text
        assert "kind: Debit installment" in page.text

    async def test_is_narrowed_by_an_account_that_no_address_names(
        self, site: Site, boss: Visitor
    ) -> None:
        """By its id; and by an action, and by a day that is over."""
        await do(site, "token.created")
        [row] = await site.runtime.database.fetch("SELECT id FROM accounts WHERE email = $1", BOSS)

        theirs = await boss.get(f"{PAGE}?person={row['id']}")
        tokens = await boss.get(f"{PAGE}?action=token.created")
        before = await boss.get(f"{PAGE}?until=2020-01-01")
        nobody = await boss.get(f"{PAGE}?person=00000000-0000-0000-0000-000000000001")

        assert ("signed in" in theirs.text, "<b>ana@" in theirs.source) == (True, False)
        assert "<b>ana@example.com</b> made a token" in tokens.source
        assert f"<b>{BOSS}</b>" not in tokens.source
        assert "No more of these." in before.text
        assert 404 == nobody.status

    async def test_goes_on_page_by_page(
        self, site: Site, boss: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With what it is narrowed by; a cursor of somebody's making is refused."""
        monkeypatch.setattr("tramita.console.audit.pages.ROWS", 2)
        await do(site, "token.created", times=3)

        first = await boss.get(f"{PAGE}?action=token.created")
        [onward] = [one for one in first.source.split('"') if "cursor=" in one]
        second = await boss.get(f"{PAGE}{onward.replace('&amp;', '&')}".replace(PAGE * 2, PAGE))
        wrong = await boss.get(f"{PAGE}?cursor=nonsense")

        assert (2, 1) == tuple(one.source.count("made a token</h2>") for one in (first, second))
        assert 400 == wrong.status

    async def test_costs_the_same_however_much_was_done(self, site: Site, boss: Visitor) -> None:
        """A constant number of statements."""
        few = await statements_of(site, boss, PAGE)
        await do(site, "token.created", times=60)

        assert few == await statements_of(site, boss, PAGE) <= 10


class TestTheSpreadsheet:
    async def test_has_all_of_it_and_runs_nothing(
        self, site: Site, boss: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Page after page; what begins like a formula is a text; that it was taken is noted."""
        monkeypatch.setattr("tramita.console.audit.pages._AT_ONCE", 2)
        await do(site, "token.created", times=5)
        await site.runtime.database.fetch(
            "UPDATE audit SET tenant = '=1+1' WHERE action = 'token.created'"
        )

        got = await boss.get(f"{PAGE}/csv?action=token.created")
        page = await boss.get(PAGE)

        lines = got.source.removeprefix("\ufeff").splitlines()
        assert (200, 6) == (got.status, len(lines))
        assert got.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
        assert lines[0].startswith("When,Who,What")
        assert "'=1+1" in lines[1]
        assert f"{BOSS} exported the audit" in page.text

    async def test_says_what_the_page_says(self, site: Site, boss: Visitor) -> None:
        """In its reader's language: on what, from where to where, and what else is noted."""
        await do(site, "token.rotated", both_for_hours="24")
        await site.runtime.database.fetch(_REFUSED)
        boss.session.headers["Accept-Language"] = "pt"

        got = await boss.get(f"{PAGE}/csv")

        assert ";operação;" in got.source
        assert ";Enviado;Recusado;" in got.source
        assert ";token;a-token;" in got.source
        assert "horas para ambos: 24" in got.source


class TestWhoIsNoAdmin:
    @pytest.mark.parametrize("path", [PAGE, f"{PAGE}/csv"])
    async def test_sees_none_of_it(self, ana: Visitor, stranger: Visitor, path: str) -> None:
        """What colleagues did is the admins' to read."""
        assert (403, 303) == ((await ana.get(path)).status, (await stranger.get(path)).status)


class TestItsWords:
    async def test_are_there_for_each_act(self) -> None:
        """Whoever adds one says how the page calls it."""
        acts = {one for path in CODE.rglob("*.py") for one in acts_in(path)}

        assert len(acts) > 20
        assert set() == acts - set(ACTIONS)


def acts_in(path: Path) -> Iterator[str]:
    """What is noted in a file: texts, and names that texts are given to in the same function."""
    tree = ast.parse(path.read_text())
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        given = [one for one in ast.walk(function) if isinstance(one, ast.Assign)]
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            if call.func.id in {"note_act", "count_act"}:
                yield from texts_of(call.args[2], given)


def texts_of(said: ast.expr, given: list[ast.Assign]) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(said, ast.Name):
        for assigned in given:
            names = [one.id for one in ast.walk(assigned.targets[0]) if isinstance(one, ast.Name)]
            if said.id in names:
                yield from texts_of(assigned.value, [])
        return
    for part in ast.walk(said):
        value = getattr(part, "value", None)
        if isinstance(value, str) and "." in value:
            yield value
