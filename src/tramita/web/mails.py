"""``/api/v1/mails``: what was written to people, and what became of it; ``/__debug__/mail``: how it looks."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Controller, MediaType, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.languages.catalogs import COMMON
from tramita.kit.languages.words import words_in
from tramita.kit.mail import queries
from tramita.kit.mail.kinds import Content, MailKind
from tramita.kit.mail.queries import MailDetails, MailView
from tramita.kit.outbox.lifecycle import DeliveryState

READ: Final[dict[str, Any]] = {"scope": "mails:read"}
ACT: Final[dict[str, Any]] = {"scope": "mails:write", "idempotent": True}
DEMO: Final[dict[str, Any]] = {"demo": "how every e-mail looks, with invented facts"}
# It brings its own styles; nothing of it runs, and nothing is fetched for it.
_AS_A_MAIL: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
}

Language = Annotated[str, QueryParameter(max_length=10)]
State = Annotated[DeliveryState | None, QueryParameter(name="state")]
Name = Annotated[str, QueryParameter(max_length=50)]


class MailsController(Controller):
    """E-mails as operators see them."""

    path = "/api/v1/mails"
    tags = ["E-mails"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @get(opt=READ)
    async def list_all(
        self,
        runtime: FromRuntime,
        in_state: State = None,
        subject_id: FromQuery[UUID | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[MailView]:
        """E-mails, newest first; `?state=refused` and `?state=unknown` are those that need a person."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            found = await queries.list_mails(
                work,
                states=[in_state] if in_state else (),
                subject_id=subject_id,
                before=before,
                limit=limit + 1,
            )
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{mail_id:uuid}", opt=READ)
    async def show(self, mail_id: FromPath[UUID], runtime: FromRuntime) -> MailDetails:
        """One e-mail with every attempt to send it."""
        async with runtime.database.unit_of_work() as work:
            return await queries.get_mail(work, mail_id)

    @post("/{mail_id:uuid}/send-again", status_code=202, opt=ACT)
    async def send_again(
        self, mail_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> MailDetails:
        """Send one that came to an end anew: the same `Message-ID`, what it says as it was written."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await queries.send_again(work, mail_id)
            return await answered(work, await queries.get_mail(work, mail_id))


@get("/__debug__/mail", opt=DEMO, include_in_schema=False, media_type=MediaType.HTML)
async def list_kinds(runtime: FromRuntime) -> str:
    """Every e-mail in every language and form."""
    lines = "".join(
        f"<li>{escape(key)}, {escape(example)}: {_links(key, example)}</li>"
        for key, kind in sorted(runtime.mails.items())
        for example in kind.examples
    )
    head = '<meta name=viewport content="width=device-width"><title>E-mails</title>'
    return f"<!doctype html><html lang=en>{head}<h1>E-mails</h1><ul>{lines}</ul>"


@get("/__debug__/mail/{template:str}", opt=DEMO, include_in_schema=False)
async def show_kind(
    template: FromPath[str],
    runtime: FromRuntime,
    language: Language = "en",
    form: FromQuery[Literal["html", "text"]] = "html",
    example: Name = "usual",
) -> Response[str]:
    """One e-mail as its reader sees it."""
    kind = runtime.mails.get(template)
    if kind is None or example not in kind.examples or language not in COMMON:
        raise NotFoundException
    content = _render(runtime, kind, language, example)
    if form == "text":
        said = f"{content.subject}\n\n{content.text}"
        return Response(said, media_type=MediaType.TEXT)
    return Response(content.html, media_type=MediaType.HTML, headers=_AS_A_MAIL)


def _render(runtime: FromRuntime, kind: MailKind[Any], language: str, example: str) -> Content:
    words = words_in(language, runtime.settings.time_zone)
    return kind.render(runtime, words, kind.examples[example])


def _links(key: str, example: str) -> str:
    return ", ".join(
        f'<a href="/__debug__/mail/{key}?language={language}&amp;form={form}&amp;example={example}">'
        f"{language} {form}</a>"
        for language in COMMON
        for form in ("html", "text")
    )


handlers: Sequence[ControllerRouterHandler] = [MailsController, list_kinds, show_kind]
