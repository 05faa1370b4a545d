"""Signing in, being recognized, and every way a session ends."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

import pytest
from structlog.testing import capture_logs

from tests.databases import opened
from tests.emptying import empty
from tests.locks import until_waiting
from tests.process.plans import listening
from tramita.kit.accounts import attempts, passwords
from tramita.kit.accounts.attempts import (
    ALARMING,
    Guess,
    TooManyAttempts,
    count_attempt,
    forgive,
    network_of,
)
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account, disable_account, invite, set_password
from tramita.kit.accounts.sessions import (
    SignedIn,
    WrongCredentials,
    csrf_token_of,
    end_session,
    find_session,
    sign_in,
)
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork

pytestmark = pytest.mark.usefixtures("quick_passwords")

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
async def account(database: Database) -> None:
    """Ana may sign in."""
    async with database.unit_of_work() as work:
        await create_account(work, EMAIL, PASSWORD, Role.OPERATOR)


async def enter(
    database: Database,
    password: str = PASSWORD,
    *,
    email: str = EMAIL,
    address: str = HERE,
    device: str | None = None,
) -> str:
    entry = await sign_in(database, email=email, password=password, address=address, device=device)
    return entry.session_id


async def work_of_refusing(
    database_url: str, email: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], list[str]]:
    """Statements, and the parameters of hashes that are verified, for a wrong password."""
    verified: list[str] = []
    verify = passwords._verify

    def count(stored: str, password: str) -> bool:
        verified.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(stored, password)

    async with opened(database_url, pool_size=1) as database:
        with monkeypatch.context() as patch:
            patch.setattr(passwords, "_verify", count)
            async with listening(database) as heard:
                with pytest.raises(WrongCredentials):
                    await enter(database, "a wrong password", email=email)
    return [one.query for one in heard], verified


async def recognize(database: Database, session_id: str) -> SignedIn | None:
    async with database.unit_of_work() as work:
        return await find_session(work, session_id)


async def run(database: Database, statement: str) -> list[object]:
    async with database.unit_of_work() as work:
        return [dict(row) for row in await work.fetch(statement)]


async def fail(database: Database, times: int, *, address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            await enter(database, "wrong password", address=address)


def has_to_wait(seconds: int, told: TooManyAttempts, began: float) -> bool:
    """Whether it is so long from the last failure on, which was made after ``began``."""
    gone_by = monotonic() - began
    return seconds - gone_by - 1 <= told.seconds <= seconds


class TestASession:
    async def test_says_who_it_is(self, database: Database) -> None:
        """However they wrote their address."""
        session_id = await enter(database, email=" Ana@EXAMPLE.com ")

        found = await recognize(database, session_id)

        assert found is not None
        assert ("user:ana@example.com", Role.OPERATOR) == (found.name, found.role)
        assert csrf_token_of(session_id) == found.csrf_token

    async def test_has_a_new_id_each_time_and_keeps_none(self, database: Database) -> None:
        """Who reads the table can present nothing."""
        ids = {await enter(database), await enter(database)}

        stored = {row["id_hash"] for row in await run(database, "TABLE account_sessions")}  # type: ignore[index]

        assert 2 == len(ids) == len(stored)
        assert not ids & stored
        assert [None, None] == [await recognize(database, one) for one in stored]

    @pytest.mark.parametrize(
        ("created", "seen", "lasts"),
        [
            ("11 hours 59 minutes", "1 minute", True),
            ("12 hours 1 minute", "1 minute", False),
            ("2 hours", "59 minutes", True),
            ("2 hours", "61 minutes", False),
        ],
    )
    async def test_ends_by_age_and_by_idleness(
        self, database: Database, created: str, seen: str, lasts: bool
    ) -> None:
        """Twelve hours, or one without a request."""
        session_id = await enter(database)
        await run(
            database,
            f"UPDATE account_sessions SET created_at = now() - interval '{created}', "
            f"seen_at = now() - interval '{seen}'",
        )

        assert lasts == (await recognize(database, session_id) is not None)

    async def test_lasts_while_it_is_used(self, database: Database) -> None:
        """Each use starts the hour anew."""
        session_id = await enter(database)
        await run(database, "UPDATE account_sessions SET seen_at = now() - interval '50 minutes'")

        await recognize(database, session_id)

        [row] = await run(
            database, "SELECT now() - seen_at < interval '1 minute' AS fresh FROM account_sessions"
        )
        assert {"fresh": True} == row

    @pytest.mark.parametrize(
        "end",
        [
            end_session,
            lambda work, _: disable_account(work, EMAIL),
            lambda work, _: set_password(work, EMAIL, "another long password"),
        ],
        ids=["signing out", "disabling", "a new password"],
    )
    async def test_ends_at_once(
        self, database: Database, end: Callable[[UnitOfWork, str], Awaitable[None]]
    ) -> None:
        """From the very next request on."""
        session_id = await enter(database)

        async with database.unit_of_work() as work:
            await end(work, session_id)

        assert await recognize(database, session_id) is None


class TestSigningIn:
    @pytest.mark.parametrize(
        ("email", "password"),
        [
            (EMAIL, "wrong password"),
            (EMAIL, ""),
            ("nobody@example.com", PASSWORD),
            ("\x00", PASSWORD),
        ],
    )
    async def test_tells_nobody_which_was_wrong(
        self, database: Database, email: str, password: str
    ) -> None:
        """One sentence for an unknown address and for a wrong password."""
        with pytest.raises(WrongCredentials, match="The e-mail or the password is wrong"):
            await enter(database, password, email=email)

    async def test_is_refused_when_disabled(self, database: Database) -> None:
        """With the right password too, and in the same words."""
        async with database.unit_of_work() as work:
            await disable_account(work, EMAIL)

        with pytest.raises(WrongCredentials):
            await enter(database)


class TestGuessing:
    async def test_must_wait_after_five_failures(self, database: Database) -> None:
        """With the right password too, from there; the sentence says how long."""
        began = monotonic()
        await fail(database, 5)

        with pytest.raises(TooManyAttempts) as told:
            await enter(database)

        assert has_to_wait(30, told.value, began)
        assert f"wait {told.value.seconds} seconds and try again" in str(told.value)

    async def test_keeps_nobody_out_from_elsewhere(self, database: Database) -> None:
        """Whoever guesses waits; the owner, in another network, does not."""
        await fail(database, 5)

        assert await enter(database, address=ELSEWHERE)

    async def test_keeps_no_known_browser_out(self, database: Database) -> None:
        """Nor from the same network, where the owner has been before."""
        device = (await sign_in(database, email=EMAIL, password=PASSWORD, address=HERE)).device
        await fail(database, 5)

        assert await enter(database, device=device)

    async def test_by_a_known_browser_must_wait_too(self, database: Database) -> None:
        """Who has stolen its cookie has ten guesses, and the owner the rest of the world."""
        device = (await sign_in(database, email=EMAIL, password=PASSWORD, address=HERE)).device
        for _ in range(10):
            with pytest.raises(WrongCredentials):
                await enter(database, "wrong password", device=device)

        with pytest.raises(TooManyAttempts):
            await enter(database, device=device)
        assert await enter(database)

    @pytest.mark.parametrize(
        "forged", ["", "x", "1.x.", "é.1.2", "99999999999.x." + "0" * 64, "." * 3]
    )
    async def test_knows_no_browser_by_a_made_up_cookie(
        self, database: Database, forged: str
    ) -> None:
        """It follows from what only the database holds."""
        await fail(database, 5)

        with pytest.raises(TooManyAttempts):
            await enter(database, device=forged)

    async def test_forgets_browsers_with_the_password(self, database: Database) -> None:
        """A new password is a new beginning for all."""
        device = (await sign_in(database, email=EMAIL, password=PASSWORD, address=HERE)).device
        async with database.unit_of_work() as work:
            await set_password(work, EMAIL, "another battery staple")
        await fail(database, 5)

        with pytest.raises(TooManyAttempts):
            await enter(database, "another battery staple", device=device)

    async def test_from_everywhere_slows_and_rings(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody is refused for what others do; the log says which account is guessed at."""
        monkeypatch.setattr(attempts, "SLOWED_BY", timedelta(milliseconds=1))
        with capture_logs() as lines:
            for number in range(ALARMING):
                with pytest.raises(WrongCredentials):
                    await enter(database, "wrong password", address=f"198.51.100.{number}")
            async with database.unit_of_work() as work:
                pause = await count_attempt(work, Guess(EMAIL, ELSEWHERE))

        assert timedelta(milliseconds=1) == pause
        assert [ALARMING] == [
            one["failures"] for one in lines if one["event"] == "account_guessed_at"
        ]
        assert await enter(database, address=ELSEWHERE)

    async def test_waits_twice_as_long_each_time_and_not_for_ever(self, database: Database) -> None:
        """Half a minute, one, two; at most a quarter of an hour."""
        began = monotonic()
        await fail(database, 5)
        for wait in (30, 60, 120, 240, 480, 900, 900):
            with pytest.raises(TooManyAttempts) as told:
                await enter(database)
            assert has_to_wait(wait, told.value, began)
            await run(database, "UPDATE login_attempts SET blocked_until = '-infinity'")
            began = monotonic()
            await fail(database, 1)

    async def test_from_one_address_is_limited_over_all_accounts(self, database: Database) -> None:
        """Others sign in from elsewhere meanwhile."""
        for number in range(20):
            with pytest.raises(WrongCredentials):
                await enter(database, email=f"nobody{number}@example.com")

        with pytest.raises(TooManyAttempts):
            await enter(database)

        await enter(database, address=ELSEWHERE)

    async def test_at_the_same_time_gains_nothing(self, database: Database) -> None:
        """Each attempt is counted before its password is looked at."""
        guesses = [enter(database, "wrong password") for _ in range(12)]

        told = await asyncio.gather(*guesses, return_exceptions=True)

        assert 5 == sum(isinstance(one, WrongCredentials) for one in told)
        assert 7 == sum(isinstance(one, TooManyAttempts) for one in told)

    async def test_is_forgiven_with_a_success(self, database: Database) -> None:
        """Somebody who mistypes now and then never waits."""
        await fail(database, 4)
        await enter(database)

        await fail(database, 4)

        assert await enter(database)

    async def test_is_forgiven_while_another_is_counted(self, database: Database) -> None:
        """Where both touch what they are counted under, one waits for the other, and not both."""
        guess = Guess(EMAIL, HERE)

        async def carry_out(act: Callable[[UnitOfWork, Guess], Awaitable[object]]) -> None:
            async with database.unit_of_work() as work:
                await act(work, guess)

        await carry_out(count_attempt)
        async with database.unit_of_work() as work:
            first = "SELECT FROM login_attempts WHERE key = ANY($1) ORDER BY key LIMIT 1 FOR UPDATE"
            await work.fetch(first, list(guess.limits()))
            counting = asyncio.create_task(carry_out(count_attempt))
            await until_waiting(database)
            forgiving = asyncio.create_task(carry_out(forgive))
            await until_waiting(database, 2)

        await asyncio.gather(counting, forgiving)

        assert [{"failures": 1}] * 2 == await run(database, "SELECT failures FROM login_attempts")

    async def test_is_forgotten_after_an_hour(self, database: Database) -> None:
        """Five failures a week apart are no attack."""
        await fail(database, 4)
        await run(database, "UPDATE login_attempts SET last_at = now() - interval '61 minutes'")

        await fail(database, 4)

        assert await enter(database)

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("", "unknown"),
        ],
    )
    def test_is_counted_by_what_one_guesser_has(self, address: str, network: str) -> None:
        """A customer of IPv6 has 2⁶⁴ addresses and is still one."""
        assert network == network_of(address)


class TestABurst:
    async def test_of_sign_ins_is_refused_beyond_what_can_wait(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody waits for a queue that others fill, and nobody is counted as failed for it."""
        monkeypatch.setattr(passwords, "MOST_WAITING", 0)

        with pytest.raises(passwords.TooManyPasswords):
            await enter(database)

        assert [] == await run(database, "SELECT * FROM login_attempts")


class TestARefusal:
    async def test_takes_the_same_work_whoever_it_is_about(
        self, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A wrong password, a disabled account, an invited one, none: time tells nothing of it."""
        async with database.unit_of_work() as work:
            await create_account(work, "disabled@example.com", PASSWORD, Role.OPERATOR)
            await disable_account(work, "disabled@example.com")
            await invite(work, "invited@example.com", Role.OPERATOR)
        wrong = [await work_of_refusing(database_url, EMAIL, monkeypatch) for _ in range(2)]

        for email in ("disabled@example.com", "invited@example.com", "nobody@example.com"):
            await empty(database, "audit", "login_attempts")
            for first_or_again in wrong:
                assert first_or_again == await work_of_refusing(database_url, email, monkeypatch)
        assert all(len(verified) == 1 for _, verified in wrong)
