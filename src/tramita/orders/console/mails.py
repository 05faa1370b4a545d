"""``/console/mails``: e-mails that did not arrive, or may not have; all of one order; sending one again."""

from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.acting import CONFIRMED, NO_BUTTON, confirmation
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import query_of
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import ActionWords, Stamp, name_of_kind
from tramita.kit.errors import ConflictError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.filled import Filled
from tramita.kit.languages.words import to_translate
from tramita.kit.mail.queries import MailView, get_mail, list_mails, send_again
from tramita.kit.outbox.lifecycle import OPEN
from tramita.kit.outbox.lifecycle import DeliveryState as S
from tramita.kit.runtime import Runtime

ROWS: Final = 25
ADDRESS: Final = "/console/mails"
# A person decides about these.
STUCK: Final = (S.REFUSED, S.UNKNOWN, S.FAILED)
MAIL_STAMPS: Final = {
    S.WAITING: Stamp(to_translate("Waits to be sent"), "wait"),
    S.SENDING: Stamp(to_translate("Being sent"), "wait"),
    S.DELIVERED: Stamp(to_translate("Sent"), "done"),
    S.FAILED: Stamp(to_translate("Given up"), "refused"),
    S.CANCELLED: Stamp(to_translate("Cancelled"), "idle"),
    S.REFUSED: Stamp(to_translate("Refused"), "refused"),
    S.UNKNOWN: Stamp(to_translate("May have arrived"), "unknown"),
}
_WORDS: Final = ActionWords(
    to_translate("Send again"),
    to_translate(
        "It says what it said when it was written. Who has it already gets it a second time."
    ),
    to_translate("It is on its way again."),
    asks=to_translate("Send this e-mail again?"),
)


@dataclass(frozen=True, slots=True)
class MailLine:
    """An e-mail as a line of a list."""

    row: MailView
    title: str
    stamp: Stamp
    written: Moment
    can_send: bool

    @classmethod
    def of(cls, row: MailView, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        written, is_open = Moment.of(row.written_at, now=now), row.state in OPEN
        can_send = not is_open and row.recipient is not None
        return cls(row, name_of_kind(row.template), MAIL_STAMPS[row.state], written, can_send)


class MailPages(Controller):
    """The list, and the button on each line."""

    path = "/mails"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self,
        request: AnyRequest,
        runtime: FromRuntime,
        order: FromQuery[UUID | None] = None,
        cursor: Cursor = None,
        done: FromQuery[bool] = False,
    ) -> Template:
        """Those that need a person, or every one about an ``order``; ``done``: one was sent again."""
        before = decode_cursor(cursor, UUID)
        notice = _WORDS.done if done else None
        return await _page(request, runtime, order=order, before=before, notice=notice)

    @post(status_code=303, opt=ACT)
    async def act(self, request: AnyRequest, runtime: FromRuntime) -> Response[Any]:
        """Send one again, after having asked; where it goes already, that is told in place."""
        form = await request.form()
        mail_id, order = _id_in(form.get("mail")), _id_in(form.get("order"))
        if mail_id is None:
            return await _page(request, runtime, order=order, status=422, error=NO_BUTTON)
        if form.get(CONFIRMED) != "yes":
            return await _ask(request, runtime, mail_id, order)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                await send_again(work, mail_id)
        except ConflictError as refused:
            return await _page(request, runtime, order=order, status=409, error=refused.sentence)
        query = query_of(order=_shown(order), done="true")
        return Redirect(f"{ADDRESS}?{query}", status_code=303)


def _id_in(typed: object) -> UUID | None:
    try:
        return UUID(str(typed))
    except ValueError:
        return None


def _shown(order: UUID | None) -> str | None:
    return str(order) if order else None


async def _ask(
    request: AnyRequest, runtime: Runtime, mail_id: UUID, order: UUID | None
) -> Template:
    async with runtime.database.unit_of_work() as work:
        mail = await get_mail(work, mail_id)
    name = Filled.of(
        "{name} ({language})", name=name_of_kind(mail.template), language=mail.language
    )
    facts = [
        (to_translate("E-mail"), name),
        (to_translate("To"), mail.recipient or to_translate("erased")),
        (to_translate("Now"), MAIL_STAMPS[mail.state].word),
    ]
    return confirmation(
        request,
        _WORDS,
        action=str(mail_id),
        note="",
        facts=facts,
        room="mails",
        field="mail",
        also={"order": order} if order else {},
    )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    *,
    order: UUID | None,
    before: UUID | None = None,
    status: int = 200,
    **shown: str | None,
) -> Template:
    async with runtime.database.unit_of_work() as work:
        found = await list_mails(
            work,
            states=() if order else STUCK,
            subject_id=order,
            before=before,
            limit=ROWS + 1,
        )
        now = now_for(request, await work.now())
    page = to_page(
        found, ROWS, present=lambda row: MailLine.of(row, now=now), key=lambda row: row.id
    )
    context: dict[str, Any] = {
        "room": "mails",
        "address": ADDRESS,
        "order": order,
        "mails": page.items,
        "is_first": before is None,
        "first": query_of(order=_shown(order)),
        "next": page.next_cursor and query_of(order=_shown(order), cursor=page.next_cursor),
        "error": None,
        "notice": None,
    }
    return Template(
        "console/mails.html", status_code=status, context=frame(request) | context | shown
    )
