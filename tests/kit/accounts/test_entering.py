"""The second step of signing in: what it asks, how it ends, and that nothing goes around it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tramita.kit.accounts import second_factor
from tramita.kit.accounts.attempts import TooManyAttempts
from tramita.kit.accounts.entering import (
    EntryOver,
    Presented,
    enter_by_code,
    enter_by_enrolment,
    read_entry,
)
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.second_factor import (
    CodeWrong,
    SecondFactorThere,
    begin_enrolment,
    confirm_enrolment,
    count_recovery_codes,
    find_begun,
)
from tramita.kit.accounts.service import (
    change_role,
    create_account,
    demand_second_factor,
    disable_account,
    enable_account,
    reset_second_factor,
    set_password,
)
from tramita.kit.accounts.sessions import (
    SecondStepNeeded,
    WrongCredentials,
    find_session,
    sign_in,
)
from tramita.kit.accounts.settings import Demand
from tramita.kit.accounts.totp import SECONDS, code_at, step_at
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork

pytestmark = pytest.mark.usefixtures("quick_passwords")

ANA, PASSWORD = "ana@example.com", "correct horse battery"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


class Clock:
    """The time that codes are told by, moved by hand."""

    at: float = 1_900_000_000.0

    def time(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Codes change when a test says so."""
    clock = Clock()
    monkeypatch.setattr(second_factor, "time", clock)
    return clock


class App:
    """An authenticator app with one secret."""

    def __init__(self, clock: Clock, secret: bytes) -> None:
        self.clock, self.secret = clock, secret

    def code(self) -> str:
        """The code of a step that was not used yet."""
        self.clock.at += SECONDS
        return code_at(self.secret, step_at(self.clock.at))


@pytest.fixture(autouse=True)
async def accounts(database: Database) -> None:
    """Ana, and an admin who stays."""
    async with database.unit_of_work() as work:
        await create_account(work, ANA, PASSWORD, Role.OPERATOR)
        await create_account(work, "boss@example.com", PASSWORD, Role.ADMIN)


@pytest.fixture
async def app(database: Database, clock: Clock) -> App:
    """Ana's, set up."""
    account_id = await id_of(database)
    async with database.unit_of_work() as work:
        secret = await begin_enrolment(work, account_id)
        app = App(clock, secret)
        assert await confirm_enrolment(work, account_id, app.code())
    return app


async def id_of(database: Database) -> UUID:
    [row] = await database.fetch("SELECT id FROM accounts WHERE email = $1", ANA)
    found: UUID = row["id"]
    return found


async def first_step(
    database: Database, *, demand: Demand = Demand.NOBODY, device: str | None = None
) -> str:
    with pytest.raises(SecondStepNeeded) as needed:
        await sign_in(
            database, email=ANA, password=PASSWORD, address=HERE, device=device, demand=demand
        )
    return needed.value.entry_id


async def is_session(database: Database, session_id: str) -> bool:
    async with database.unit_of_work() as work:
        return await find_session(work, session_id) is not None


class TestAFirstStep:
    async def test_is_no_session(self, database: Database, app: App) -> None:
        """What a browser holds between the steps opens no page."""
        entry_id = await first_step(database)

        assert not await is_session(database, entry_id)
        assert [] == await database.fetch("SELECT FROM account_sessions")

    async def test_with_a_wrong_password_says_nothing_of_a_second(
        self, database: Database, app: App
    ) -> None:
        """Whoever guesses does not learn who has one."""
        with pytest.raises(WrongCredentials):
            await sign_in(database, email=ANA, password="wrong", address=HERE)

    @pytest.mark.parametrize(
        ("demand", "is_asked"),
        [(Demand.NOBODY, False), (Demand.ADMINS, False), (Demand.EVERYBODY, True)],
    )
    async def test_leads_on_where_a_second_factor_is_demanded(
        self, database: Database, demand: Demand, is_asked: bool
    ) -> None:
        """Of those of whom the setting asks it."""
        try:
            await sign_in(database, email=ANA, password=PASSWORD, address=HERE, demand=demand)
            needed = False
        except SecondStepNeeded:
            needed = True

        assert is_asked is needed

    @pytest.mark.parametrize(
        "change",
        [
            lambda work: set_password(work, ANA, "another long password"),
            lambda work: disable_account(work, ANA),
            lambda work: reset_second_factor(work, ANA),
        ],
        ids=["password", "disabled", "reset"],
    )
    async def test_ends_with_what_it_rested_on(
        self, database: Database, app: App, change: Callable[[UnitOfWork], Awaitable[None]]
    ) -> None:
        """A new password, disabling and a reset end what is half-way in."""
        entry_id = await first_step(database)

        async with database.unit_of_work() as work:
            await change(work)

        with pytest.raises(EntryOver):
            await enter_by_code(database, Presented(entry_id, app.code(), HERE))

    async def test_is_over_after_ten_minutes(self, database: Database, app: App) -> None:
        """Whoever finds the browser later finds nothing."""
        entry_id = await first_step(database)
        await database.fetch(
            "UPDATE account_entries SET created_at = now() - interval '10 minutes 1 second'"
        )

        with pytest.raises(EntryOver):
            await enter_by_code(database, Presented(entry_id, app.code(), HERE))


class TestACode:
    async def test_opens_a_session_of_another_id(self, database: Database, app: App) -> None:
        """And the first step is used up: nobody comes in by it again."""
        entry_id = await first_step(database)

        entry = await enter_by_code(database, Presented(entry_id, app.code(), HERE))

        assert entry.session_id != entry_id
        assert await is_session(database, entry.session_id)
        with pytest.raises(EntryOver):
            await enter_by_code(database, Presented(entry_id, app.code(), HERE))

    async def test_counts_once(self, database: Database, app: App) -> None:
        """Whoever saw it typed cannot type it too; not at the same time either."""
        code, entries = app.code(), [await first_step(database) for _ in "ab"]

        ended = await asyncio.gather(
            *(enter_by_code(database, Presented(one, code, HERE)) for one in entries),
            return_exceptions=True,
        )

        assert 1 == len([one for one in ended if isinstance(one, CodeWrong)])
        assert 1 == len(await database.fetch("SELECT FROM account_sessions"))

    async def test_may_be_typed_with_a_space(self, database: Database, app: App) -> None:
        """As apps show it."""
        code = app.code()
        shown = Presented(await first_step(database), f" {code[:3]} {code[3:]} ", HERE)

        assert (await enter_by_code(database, shown)).session_id

    async def test_of_another_account_is_wrong(self, database: Database, app: App) -> None:
        """Each account has its own."""
        [boss] = await database.fetch("SELECT id FROM accounts WHERE email <> $1", ANA)
        async with database.unit_of_work() as work:
            theirs = App(app.clock, await begin_enrolment(work, boss["id"]))
            assert await confirm_enrolment(work, boss["id"], theirs.code())

        with pytest.raises(CodeWrong):
            await enter_by_code(
                database, Presented(await first_step(database), theirs.code(), HERE)
            )

    async def test_is_guessed_at_slowly_from_wherever(self, database: Database, app: App) -> None:
        """Five are free; then whoever knows the password waits, from another network too."""
        entry_id = await first_step(database)
        for _ in range(5):
            with pytest.raises(CodeWrong):
                await enter_by_code(database, Presented(entry_id, "000000", HERE))

        another = await first_step(database)
        for address in (HERE, ELSEWHERE):
            with pytest.raises(TooManyAttempts):
                await enter_by_code(database, Presented(another, app.code(), address))
        rows = await database.fetch("SELECT FROM audit WHERE action = 'second_factor.code_refused'")
        assert 5 == len(rows)

    async def test_guessed_at_leaves_its_owner_in(self, database: Database, app: App) -> None:
        """In a browser in which they were before."""
        entry = await enter_by_code(
            database, Presented(await first_step(database), app.code(), HERE)
        )
        strange = await first_step(database)
        for _ in range(5):
            with pytest.raises(CodeWrong):
                await enter_by_code(database, Presented(strange, "000000", ELSEWHERE))

        again = await first_step(database, device=entry.device)
        assert (
            await enter_by_code(database, Presented(again, app.code(), HERE, entry.device))
        ).session_id


class TestARecoveryCode:
    async def test_stands_in_for_the_app_once(self, database: Database, clock: Clock) -> None:
        """However its groups are typed; there are ten, and only their hashes stand here."""
        account_id = await id_of(database)
        async with database.unit_of_work() as work:
            app = App(clock, await begin_enrolment(work, account_id))
            codes = await confirm_enrolment(work, account_id, app.code())
        assert codes is not None
        typed = codes[0].upper().replace("-", " ")

        shown = Presented(await first_step(database), typed, HERE)
        assert (await enter_by_code(database, shown)).session_id
        with pytest.raises(CodeWrong):
            await enter_by_code(database, Presented(await first_step(database), typed, HERE))

        async with database.unit_of_work() as work:
            assert 9 == await count_recovery_codes(work, account_id)
        rows = await database.fetch("SELECT hash FROM recovery_codes")
        assert not {row["hash"] for row in rows} & {*codes}


class TestSettingOneUp:
    async def test_on_demand_is_the_second_step(self, database: Database, clock: Clock) -> None:
        """The first code of the new app opens the session."""
        async with database.unit_of_work() as work:
            await demand_second_factor(work, ANA, is_demanded=True)
        entry_id = await first_step(database)
        async with database.unit_of_work() as work:
            entering = await read_entry(work, entry_id)
            app = App(clock, await begin_enrolment(work, entering.account_id))

        with pytest.raises(CodeWrong):
            await enter_by_enrolment(database, Presented(entry_id, "000000", HERE))
        entry, codes = await enter_by_enrolment(database, Presented(entry_id, app.code(), HERE))

        assert not entering.has_second_factor
        assert (10, 10) == (len(codes), len({*codes}))
        assert await is_session(database, entry.session_id)

    async def test_does_not_replace_one_that_is_there(self, database: Database, app: App) -> None:
        """Whoever only knows the password cannot bring an app of their own."""
        entry_id = await first_step(database)
        async with database.unit_of_work() as work:
            with pytest.raises(SecondFactorThere):
                await begin_enrolment(work, await id_of(database))

        with pytest.raises(EntryOver):
            await enter_by_enrolment(database, Presented(entry_id, app.code(), HERE))

    async def test_needs_a_code_of_its_own_secret(self, database: Database, clock: Clock) -> None:
        """Until then signing in is what it was."""
        account_id = await id_of(database)
        async with database.unit_of_work() as work:
            await begin_enrolment(work, account_id)
            assert await confirm_enrolment(work, account_id, "000000") is None

        assert (await sign_in(database, email=ANA, password=PASSWORD, address=HERE)).session_id

    async def test_waits_for_whoever_begins_anew(self, database: Database, clock: Clock) -> None:
        """Whoever else opens the page at that moment is shown a secret that no code of hers is for."""
        account_id = await id_of(database)
        async with database.unit_of_work() as work:
            app = App(clock, await begin_enrolment(work, account_id))

        async def confirm() -> list[str] | None:
            async with database.unit_of_work() as work:
                return await confirm_enrolment(work, account_id, app.code())

        async with database.unit_of_work() as work:
            other = App(clock, await begin_enrolment(work, account_id))
            confirming = asyncio.create_task(confirm())
            await until_waiting(database)

        assert await confirming is None
        async with database.unit_of_work() as work:
            assert await confirm_enrolment(work, account_id, other.code())

    async def test_ends_the_sessions_from_before(self, database: Database, clock: Clock) -> None:
        """They were opened with less."""
        entry = await sign_in(database, email=ANA, password=PASSWORD, address=HERE)
        account_id = await id_of(database)
        async with database.unit_of_work() as work:
            app = App(clock, await begin_enrolment(work, account_id))
            await confirm_enrolment(work, account_id, app.code())

        assert not await is_session(database, entry.session_id)

    async def test_demanded_signs_out_whoever_has_none(self, database: Database) -> None:
        """Nobody goes on for hours with a password alone."""
        entry = await sign_in(database, email=ANA, password=PASSWORD, address=HERE)
        async with database.unit_of_work() as work:
            await demand_second_factor(work, ANA, is_demanded=True)

        assert not await is_session(database, entry.session_id)

    async def test_keeps_the_secret_encrypted(self, database: Database, app: App) -> None:
        """Whoever reads the table makes no codes."""
        [row] = await database.fetch("SELECT secret FROM second_factors")

        assert row["secret"].startswith("enc1:")


class TestAReset:
    async def test_lets_them_in_by_password_again(self, database: Database, app: App) -> None:
        """Their sessions end; codes of the lost app are worth nothing."""
        entry = await enter_by_code(
            database, Presented(await first_step(database), app.code(), HERE)
        )
        async with database.unit_of_work(actor="user:boss@example.com") as work:
            await reset_second_factor(work, ANA)

        assert not await is_session(database, entry.session_id)
        assert (await sign_in(database, email=ANA, password=PASSWORD, address=HERE)).session_id
        [row] = await database.fetch(
            "SELECT actor FROM audit WHERE action = 'second_factor.removed'"
        )
        assert "user:boss@example.com" == row["actor"]

    async def test_is_not_what_being_enabled_again_is(self, database: Database, app: App) -> None:
        """Nor another role: what was asked before is asked afterwards."""
        async with database.unit_of_work() as work:
            await disable_account(work, ANA)
            await enable_account(work, ANA)
            await change_role(work, ANA, Role.VIEWER)

        assert await first_step(database)


class TestTheTimeItTakes:
    async def test_to_set_up_an_app_is_a_quarter_of_an_hour(self, database: Database) -> None:
        """Afterwards its secret is shown to nobody, and its codes are worth nothing."""
        account_id = await id_of(database)
        async with database.unit_of_work() as work:
            secret = await begin_enrolment(work, account_id)
        await database.fetch("UPDATE second_factors SET created_at = now() - interval '16 minutes'")

        async with database.unit_of_work() as work:
            assert await find_begun(work, account_id) is None
            code = code_at(secret, step_at(time.time()))
            assert await confirm_enrolment(work, account_id, code) is None

    async def test_is_by_the_real_clock(self, database: Database) -> None:
        """Nobody moves the platform's clock to have an old code again."""
        account_id = await id_of(database)
        async with database.unit_of_work() as work:
            secret = await begin_enrolment(work, account_id)
            code = code_at(secret, step_at(time.time()))
            assert await confirm_enrolment(work, account_id, code)
