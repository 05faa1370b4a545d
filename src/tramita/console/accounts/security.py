"""``/console/me/security``: one's own password and second factor.

Whoever finds a browser open knows neither: both are asked for before anything changes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Controller, Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.access import presented_session
from tramita.console.accounts.second_step import recovery_page, session_cookies, setting_up
from tramita.console.accounts.words import said_of
from tramita.console.frame import PAGE, frame
from tramita.kit.accounts.attempts import Guess, TooManyAttempts, count_attempt, forgive
from tramita.kit.accounts.devices import find_device, make_device
from tramita.kit.accounts.entering import EntryOver, hold_session
from tramita.kit.accounts.model import AccountInvalid
from tramita.kit.accounts.passwords import TooManyPasswords, is_password
from tramita.kit.accounts.second_factor import (
    CodeWrong,
    NoSecondFactor,
    SecondFactorThere,
    begin_enrolment,
    confirm_enrolment,
    count_recovery_codes,
    find_begun,
    has_second_factor,
    is_right,
    remove_second_factor,
    renew_recovery_codes,
)
from tramita.kit.accounts.service import AccountLine, change_password, get_account
from tramita.kit.accounts.sessions import Entry, WrongCredentials, find_password, open_session
from tramita.kit.accounts.settings import AccountSettings
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import TramitaError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest, cookie_name
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime

ADDRESS: Final = "/console/me/security"
_DIFFER: Final = to_translate("The two passwords are not the same.")
_DONE: Final = {
    "password": to_translate("Your password is changed. Every other browser has to sign in again."),
    "removed": to_translate("Your second factor is gone."),
}
_REFUSED: Final = (
    WrongCredentials,
    AccountInvalid,
    CodeWrong,
    NoSecondFactor,
    SecondFactorThere,
)


class SecurityPages(Controller):
    """How one shows that one is oneself."""

    path = "/me/security"
    include_in_schema = False
    opt = PAGE

    @get()
    async def show(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, done: FromQuery[str] = ""
    ) -> Template:
        """What there is, and what can be done about it."""
        return await _page(request, runtime, notice=_DONE.get(done))

    @post(status_code=303)
    async def act(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        form = await request.form()
        said = {name: str(form.get(name, "")) for name in ("old", "password", "again", "code")}
        try:
            match str(form.get("action", "")):
                case "password":
                    return await _change_password(request, runtime, said)
                case "begin":
                    return await _begin(request, runtime, said)
                case "confirm":
                    return await _confirm(request, runtime, said)
                case "renew":
                    return await _renew(request, runtime, said)
                case "remove":
                    return await _remove(request, runtime, said)
        except _REFUSED as error:
            return await _page(request, runtime, error=said_of(error), status=422)
        except EntryOver:
            return Redirect("/console/login", status_code=303)
        except (TooManyAttempts, TooManyPasswords) as error:
            return await _wait(request, runtime, error)
        return await _page(request, runtime, status=422)


async def _change_password(
    request: AnyRequest, runtime: Runtime, said: dict[str, str]
) -> Response[Any]:
    if said["password"] != said["again"]:
        return await _page(request, runtime, error=_DIFFER, status=422)
    guess = await _count(request, runtime, is_code=False)
    session_id = presented_session(request) or ""
    entry = await change_password(
        runtime.database, request.user.id, session_id, said["old"], said["password"]
    )
    await _forgive(runtime, guess)
    cookies = session_cookies(request, entry)
    return Redirect(f"{ADDRESS}?done=password", status_code=303, cookies=cookies)


async def _begin(request: AnyRequest, runtime: Runtime, said: dict[str, str]) -> Response[Any]:
    """Show a new secret, to whoever knows the password and has no second factor yet."""
    guess = await _count(request, runtime, is_code=False)
    async with runtime.database.reading() as work:
        stored = await find_password(work, request.user.id)
    if not await is_password(said["old"], stored=stored):
        raise WrongCredentials
    await _forgive(runtime, guess)
    async with _own(request, runtime) as work:
        secret = await begin_enrolment(work, request.user.id)
    return await _page(request, runtime, secret=secret)


async def _confirm(request: AnyRequest, runtime: Runtime, said: dict[str, str]) -> Response[Any]:
    guess = await _count(request, runtime, is_code=True)
    async with _own(request, runtime) as work:
        account_id = request.user.id
        codes = await confirm_enrolment(work, account_id, said["code"])
        secret = await find_begun(work, account_id)
        session_id = await open_session(work, account_id) if codes is not None else ""
        stored = await find_password(work, account_id)
    if codes is None:
        error = said_of(CodeWrong())
        return await _page(request, runtime, error=error, secret=secret, status=422)
    await _forgive(runtime, guess)
    cookies = session_cookies(request, Entry(session_id, make_device(stored)))
    return await recovery_page(request, codes, onward=ADDRESS, cookies=cookies)


async def _renew(request: AnyRequest, runtime: Runtime, said: dict[str, str]) -> Response[Any]:
    await _prove(request, runtime, said["code"])
    async with _own(request, runtime) as work:
        codes = await renew_recovery_codes(work, request.user.id)
    return await recovery_page(request, codes, onward=ADDRESS, cookies=[])


async def _remove(request: AnyRequest, runtime: Runtime, said: dict[str, str]) -> Response[Any]:
    await _prove(request, runtime, said["code"])
    async with _own(request, runtime) as work:
        await remove_second_factor(work, request.user.id)
        if is_demanded(runtime, await get_account(work, request.user.id)):
            # It goes all the same, and the next sign-in sets up another one.
            session_id = None
        else:
            session_id = await open_session(work, request.user.id)
        stored = await find_password(work, request.user.id)
    if session_id is None:
        return Redirect("/console/login", status_code=303)
    cookies = session_cookies(request, Entry(session_id, make_device(stored)))
    return Redirect(f"{ADDRESS}?done=removed", status_code=303, cookies=cookies)


@asynccontextmanager
async def _own(request: AnyRequest, runtime: Runtime) -> AsyncIterator[UnitOfWork]:
    """A unit of work of whoever is still signed in."""
    async with runtime.database.unit_of_work(actor=request.user.name) as work:
        await hold_session(work, request.user.id, presented_session(request) or "")
        yield work


def is_demanded(runtime: Runtime, account: AccountLine) -> bool:
    """Whether a second factor is asked of this account, by an admin or by the house."""
    demand = runtime.configured(AccountSettings).second_factor
    return account.needs_second_factor or demand.includes(account.role)


async def _prove(request: AnyRequest, runtime: Runtime, code: str) -> None:
    """Raise ``CodeWrong`` unless it is a code of the present second factor."""
    guess = await _count(request, runtime, is_code=True)
    async with runtime.database.unit_of_work(actor=request.user.name) as work:
        if not await has_second_factor(work, request.user.id):
            raise NoSecondFactor
        is_it = await is_right(work, request.user.id, code)
    if not is_it:
        raise CodeWrong
    await _forgive(runtime, guess)


async def _count(request: AnyRequest, runtime: Runtime, *, is_code: bool) -> Guess:
    """Count one guess at one's own password or code; raises ``TooManyAttempts``."""
    address = request.client.host if request.client else ""
    device = request.cookies.get(cookie_name(request, "device"))
    async with runtime.database.unit_of_work() as work:
        known = find_device(device, await find_password(work, request.user.id))
        guess = Guess(request.user.email, address, known, is_code=is_code)
        pause = await count_attempt(work, guess)
    await asyncio.sleep(pause.total_seconds())
    return guess


async def _forgive(runtime: Runtime, guess: Guess) -> None:
    async with runtime.database.unit_of_work() as work:
        await forgive(work, guess)


async def _wait(request: AnyRequest, runtime: Runtime, error: TramitaError) -> Template:
    if isinstance(error, TooManyAttempts):
        page = await _page(request, runtime, wait=error.seconds, status=429)
        page.headers["Retry-After"] = str(error.seconds)
        return page
    page = await _page(request, runtime, error=said_of(error), status=503)
    page.headers["Retry-After"] = "5"
    return page


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    *,
    secret: bytes | None = None,
    status: int = 200,
    **shown: Any,
) -> Template:
    async with runtime.database.reading() as work:
        account = await get_account(work, request.user.id)
        left = await count_recovery_codes(work, request.user.id)
    context = {
        "room": "me",
        "account": account,
        "is_demanded": is_demanded(runtime, account),
        "left": left,
        "setting_up": secret and setting_up(runtime, secret, account.email),
        "error": None,
        "notice": None,
        "wait": None,
    }
    return Template(
        "console/security.html", status_code=status, context=frame(request) | context | shown
    )
