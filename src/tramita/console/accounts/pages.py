"""``/console/accounts``: who may sign in, what they may do, and how they are let in and out."""

from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.accounts.words import (
    ACCOUNT_ACTIONS,
    AccountAction,
    find_actions,
    said_of,
    stamp_of,
)
from tramita.console.acting import CONFIRMED, NO_BUTTON, confirmation
from tramita.console.frame import KEEP, PAGE, frame
from tramita.console.presentation import query_of
from tramita.console.reader import ROLES, words_for
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import Stamp
from tramita.kit.accounts import service
from tramita.kit.accounts.mails import LinkFacts, link_of, send_link
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import AccountLine, get_account, list_accounts
from tramita.kit.accounts.settings import AccountSettings, Demand
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, InvalidError, NotFoundError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.words import to_translate
from tramita.kit.mail.settings import MailSettings
from tramita.kit.runtime import Runtime

ADDRESS: Final = "/console/accounts"
ROWS: Final = 50
_NO_ROLE: Final = to_translate("Choose a role.")
_REFUSED: Final = (ConflictError, InvalidError, NotFoundError)
_ROLE_CHANGED: Final = to_translate("The role is changed. It counts from their next request on.")
_INVITED: Final = to_translate("They are invited: the link is on its way to them.")


@dataclass(frozen=True, slots=True)
class Line:
    """An account as the list and its page show it."""

    row: AccountLine
    role: str
    stamp: Stamp
    made: Moment
    last: Moment | None

    @classmethod
    def of(cls, row: AccountLine, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        last = Moment.of(row.signed_in_at, now=now) if row.signed_in_at else None
        made = Moment.of(row.created_at, now=now)
        return cls(row, ROLES[row.role], stamp_of(row), made, last)


class AccountPages(Controller):
    """The list with an invitation, and a page for each account."""

    path = "/accounts"
    include_in_schema = False
    opt = PAGE | KEEP

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        cursor: Cursor = None,
        done: FromQuery[bool] = False,
    ) -> Template:
        """Everybody, newest first."""
        notice = _INVITED if done else None
        return await _index(request, runtime, cursor=cursor, notice=notice)

    @post(status_code=303)
    async def invite(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Invite somebody; where no e-mail goes out, the link is shown this once."""
        form = await request.form()
        email, typed = (str(form.get(name, "")) for name in ("email", "role"))
        role = next((one for one in Role if one == typed), None)
        if role is None:
            return await _index(request, runtime, error=_NO_ROLE, email=email, status=422)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                account_id, secret = await service.invite(work, email, role)
                is_sent = await _send(request, runtime, work, account_id, secret)
        except _REFUSED as error:
            status = 409 if isinstance(error, ConflictError) else 422
            return await _index(
                request, runtime, error=said_of(error), email=email, chosen=role, status=status
            )
        if is_sent:
            return Redirect(f"{ADDRESS}?done=true", status_code=303)
        return await _page(request, runtime, account_id, link=_link(runtime, secret))

    @get("/{account_id:uuid}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        account_id: FromPath[UUID],
        done: FromQuery[str | None] = None,
    ) -> Template:
        """One account; ``done`` names the action that led here."""
        action = next((one for one in AccountAction if one == done), None)
        notice = _ROLE_CHANGED if done == "role" else action and ACCOUNT_ACTIONS[action].done
        return await _page(request, runtime, account_id, notice=notice)

    @post("/{account_id:uuid}", status_code=303)
    async def act(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, account_id: FromPath[UUID]
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        form = await request.form()
        pressed = str(form.get("action", ""))
        action = next((one for one in AccountAction if one == pressed), None)
        role = next((one for one in Role if one == form.get("role")), None)
        if action is None and (pressed != "role" or role is None):
            return await _page(request, runtime, account_id, error=NO_BUTTON, status=422)
        if action and ACCOUNT_ACTIONS[action].asks and form.get(CONFIRMED) != "yes":
            return await _ask(request, runtime, account_id, action)
        link = None
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                account = await get_account(work, account_id)
                if action is AccountAction.LINK:
                    _, secret = await service.offer_link(work, account.email)
                    if not await _send(request, runtime, work, account_id, secret):
                        link = _link(runtime, secret)
                else:
                    demand = runtime.configured(AccountSettings).second_factor
                    await _act(work, account.email, action, role, demand)
        except ConflictError as refused:
            return await _page(request, runtime, account_id, error=said_of(refused), status=409)
        if link is not None:
            return await _page(request, runtime, account_id, link=link)
        return Redirect(f"{ADDRESS}/{account_id}?done={pressed}", status_code=303)


async def _act(
    work: UnitOfWork, email: str, action: AccountAction | None, role: Role | None, demand: Demand
) -> None:
    match action:
        case AccountAction.DEMAND | AccountAction.LEAVE_FREE:
            is_demanded = action is AccountAction.DEMAND
            await service.demand_second_factor(work, email, is_demanded=is_demanded)
        case AccountAction.END_SESSIONS:
            await service.end_sessions(work, email)
        case AccountAction.RESET:
            await service.reset_second_factor(work, email)
        case AccountAction.DISABLE:
            await service.disable_account(work, email)
        case AccountAction.ENABLE:
            await service.enable_account(work, email)
        case _ if role is not None:
            await service.change_role(work, email, role, demand=demand)


async def _send(
    request: AnyRequest, runtime: Runtime, work: UnitOfWork, account_id: UUID, secret: str
) -> bool:
    """Have the link sent, where e-mails go out of this house; whether it is."""
    if not (runtime.configured(MailSettings).host or runtime.settings.is_demo):
        return False
    account = await get_account(work, account_id)
    facts = LinkFacts(secret, is_new=account.is_invited)
    language = words_for(request).language
    await send_link(work, account_id, account.email, facts, language=language)
    return True


def _link(runtime: Runtime, secret: str) -> str:
    return link_of(runtime.settings.address, secret)


async def _ask(
    request: AnyRequest, runtime: Runtime, account_id: UUID, action: AccountAction
) -> Template:
    async with runtime.database.unit_of_work() as work:
        account = await get_account(work, account_id)
    return confirmation(
        request,
        ACCOUNT_ACTIONS[action],
        action=action,
        note="",
        facts=[
            (to_translate("The account"), account.email),
            (to_translate("Role"), ROLES[account.role]),
        ],
        room="accounts",
    )


async def _index(
    request: AnyRequest,
    runtime: Runtime,
    *,
    cursor: str | None = None,
    status: int = 200,
    **shown: str | None,
) -> Template:
    before = decode_cursor(cursor, UUID)
    async with runtime.database.reading() as work:
        found = await list_accounts(work, before=before, limit=ROWS + 1)
        now = now_for(request, await work.now())
    page = to_page(found, ROWS, present=lambda row: Line.of(row, now=now), key=lambda row: row.id)
    context = {
        "room": "accounts",
        "lines": page.items,
        "roles": ROLES,
        "demand": runtime.configured(AccountSettings).second_factor,
        "is_first": cursor is None,
        "next": page.next_cursor and query_of(cursor=page.next_cursor),
        "error": None,
        "notice": None,
        "email": "",
        "chosen": Role.OPERATOR,
    }
    return Template(
        "console/accounts.html", status_code=status, context=frame(request) | context | shown
    )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    account_id: UUID,
    *,
    status: int = 200,
    **shown: str | None,
) -> Template:
    async with runtime.database.reading() as work:
        account = await get_account(work, account_id)
        now = now_for(request, await work.now())
    context = {
        "room": "accounts",
        "one": Line.of(account, now=now),
        "roles": ROLES,
        "actions": [(action, ACCOUNT_ACTIONS[action]) for action in find_actions(account)],
        "is_own": account.id == request.user.id,
        "error": None,
        "notice": None,
        "link": None,
    }
    return Template(
        "console/account.html", status_code=status, context=frame(request) | context | shown
    )
