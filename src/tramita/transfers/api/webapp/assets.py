"""``/api/webapp/v1/chats/{chat}/assets`` and ``/assets``: files that people, or our bot, bring."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from tramita.chats.attaching import Handed, get_asset, save_asset, tidy_name
from tramita.chats.errors import AssetNotFound, MessengerUnavailable
from tramita.chats.ports import ChatService
from tramita.chats.registry import tenant_of
from tramita.kit.attempt import Attempt
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.files import LARGEST, digest_of, media_type_of
from tramita.kit.http.answers import answered
from tramita.kit.http.bodies import decode_body
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import Done, Refused
from tramita.kit.quotas import take_upload
from tramita.kit.runtime import Runtime
from tramita.transfers.api.webapp import BASE
from tramita.transfers.api.webapp.access import PEOPLE, PEOPLE_AND_BOT
from tramita.transfers.api.webapp.chats import HERE, FromHere, Here
from tramita.transfers.attached import take_attached
from tramita.transfers.documents import DocumentKind, NewDocument, add_document
from tramita.transfers.errors import RoleForbidden, TypeNotAllowed
from tramita.transfers.model import ApplicationDocument
from tramita.transfers.page.documents import BROUGHT
from tramita.transfers.queries import get_application_of_chat
from tramita.transfers.rules.files import TAKEN
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.documents import get_shown
from tramita.transfers.webapp.errors import (
    MimeMismatch,
    TelegramFileUnavailable,
    TooLarge,
)
from tramita.transfers.webapp.guests import Guest
from tramita.transfers.webapp.reading import get_of_chat

# What stands around a file in a form.
_ENVELOPE: Final = 64 * 1024
_LONGEST_NAME: Final = 200


class TelegramFileBody(Struct, forbid_unknown_fields=True):
    """A file that the messenger has, by its name of it."""

    telegram_file_id: Annotated[str, Meta(min_length=1, max_length=300)]
    kind: DocumentKind = DocumentKind.OTHER
    name: Annotated[str, Meta(max_length=_LONGEST_NAME)] = ""
    message_id: Annotated[int, Meta(ge=1, lt=2**31)] | None = None


class AssetAnswer(Struct):
    """A kept file; ``duplicate_of`` is an earlier one with the same content."""

    id: UUID
    sha256: str
    size: int
    mime: str
    kind: str
    origin: str
    duplicate_of: UUID | None


@dataclass(frozen=True, slots=True)
class _Brought:
    kind: DocumentKind
    name: str
    said_type: str
    content: bytes = field(repr=False)
    message_id: int | None = None


@post(
    f"{BASE}/chats/{{chat:str}}/assets",
    opt=PEOPLE_AND_BOT | {"multipart": True, "problems": [413, 415, 422, 424, 429]},
    request_max_body_size=LARGEST + _ENVELOPE,
    dependencies=HERE,
    tags=["Mini App"],
)
async def save_chat_asset(
    request: Request[Any, Any, Any], runtime: FromRuntime, here: FromHere
) -> AssetAnswer:
    """Keep a file of a chat: a form with `file`, `kind` and perhaps `message_id`.

    What a person brings is a document of the chat's application, if there is one; a client brings
    none of those that are made in 1C. The same content as the same kind is there once. Our bot may
    name a file that the messenger has instead (`telegram_file_id`).
    """
    brought = await _read(request, runtime, here)
    media_type = _checked(brought)
    guest = request.user.key if isinstance(request.user, Guest) else None
    await take_upload(runtime, tenant_of(here.chat), len(brought.content), guest=guest)
    async with runtime.database.unit_of_work() as work:
        application = await get_application_of_chat(work, here.chat.id)
    if application is None or here.who.role is Role.BOT:
        handed = Handed(brought.name, brought.content, brought.said_type, brought.kind.value)
        kept = await save_asset(runtime, here.chat.id, handed, actor=here.who.name)
        return AssetAnswer(
            kept.id,
            kept.sha256,
            kept.size,
            media_type,
            kept.kind,
            kept.origin,
            kept.duplicate_of,
        )
    stored = await runtime.files.put(brought.content)
    new = NewDocument(
        brought.kind,
        brought.name,
        stored,
        await digest_of(brought.content),
        source_message=brought.message_id,
    )
    async with runtime.database.unit_of_work(actor=here.who.name) as work:
        return _answer(*await add_document(work, application.id, new, here.who))


class TakingBody(Struct, forbid_unknown_fields=True):
    """As what a file of the chat is taken; only what people bring, and nothing that is made in 1C."""

    kind: DocumentKind = DocumentKind.INVOICE


@post(
    f"{BASE}/chats/{{chat:str}}/assets/{{asset_id:uuid}}/document",
    opt=PEOPLE | {"idempotent": True, "problems": [409, 415]},
    dependencies=HERE,
    tags=["Mini App"],
)
async def take_chat_asset(
    asset_id: FromPath[UUID], data: JSONBody[TakingBody], runtime: FromRuntime, here: FromHere
) -> AssetAnswer:
    """Make a file that was sent in the chat a document of its application, as long as you may change that.

    The same content as the same kind is there once. 409 `read_only` once an offer is accepted.
    """
    if data.kind not in BROUGHT:
        raise InvalidError([FieldError("kind", "choice", "There is no such kind of document.")])
    async with runtime.database.unit_of_work(actor=here.who.name) as work:
        application = await get_of_chat(work, here.chat)
        made = await take_attached(work, application.id, asset_id, data.kind, here.who)
        return await answered(work, _answer(*made))


def _answer(document: ApplicationDocument, is_new: bool) -> AssetAnswer:
    return AssetAnswer(
        document.id,
        document.sha256.hex(),
        document.size,
        document.media_type,
        document.kind,
        document.origin,
        None if is_new else document.id,
    )


@get(f"{BASE}/assets/{{asset_id:uuid}}", opt=PEOPLE, tags=["Mini App"])
async def fetch_asset(
    request: Request[Any, Any, Any], asset_id: FromPath[UUID], runtime: FromRuntime
) -> Response[bytes]:
    """A file of your chat, or a document of its application that is for you."""
    guest: Guest = request.user
    async with runtime.database.unit_of_work() as work:
        try:
            found = await get_asset(work, guest.chat.id, asset_id)
            name, file = found.name, found.file
        except AssetNotFound:
            document = await get_shown(work, guest, asset_id)
            name, file = document.name, document.file or ""
    content = await runtime.files.get(file)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media_type_of(content), headers=headers)


async def _read(request: Request[Any, Any, Any], runtime: Runtime, here: Here) -> _Brought:
    if request.content_type[0] != RequestEncodingType.MULTI_PART:
        return await _fetch(runtime, here, decode_body(await request.body(), TelegramFileBody))
    form = await request.form()
    file, kind = form.get("file"), str(form.get("kind", DocumentKind.OTHER))
    message_id = str(form.get("message_id", ""))
    wrong = []
    if not isinstance(file, UploadFile):
        wrong.append(FieldError("file", "missing", "A file is to be sent."))
    if kind not in (BROUGHT if here.who.role is Role.CLIENT else set(DocumentKind)):
        wrong.append(FieldError("kind", "choice", "There is no such kind of document."))
    if message_id and not (message_id.isascii() and message_id.isdecimal()):
        wrong.append(FieldError("message_id", "wrong_type", "A message has a number."))
    if wrong or not isinstance(file, UploadFile):
        raise InvalidError(wrong)
    name = tidy_name(file.filename)[:_LONGEST_NAME] or kind
    number = int(message_id[:9]) if message_id else None
    return _Brought(DocumentKind(kind), name, file.content_type, await file.read(), number)


async def _fetch(runtime: Runtime, here: Here, body: TelegramFileBody) -> _Brought:
    if here.who.role is not Role.BOT:
        # By its name our bot could have a file of any chat.
        raise RoleForbidden(role=here.who.role, action="fetch_file")
    gateway = runtime.gateway(ChatService, here.chat.provider)
    attempt = Attempt(here.chat.id, f"asset:{new_id()}")
    outcome = await gateway.get_file(body.telegram_file_id, attempt)
    match outcome:
        case Done(content):
            name = tidy_name(body.name) or body.kind.value
            return _Brought(body.kind, name, "", content, body.message_id)
        case Refused():
            raise TelegramFileUnavailable
        case _:
            raise MessengerUnavailable


def _checked(brought: _Brought) -> str:
    """What a file is; raises ``TooLarge``, ``TypeNotAllowed`` and ``MimeMismatch``."""
    if len(brought.content) > LARGEST:
        raise TooLarge(limit=LARGEST)
    found = media_type_of(brought.content)
    said = brought.said_type.partition(";")[0].strip().lower()
    if said in TAKEN and said != found:
        sentence = f"The file is not of the kind {said}."
        raise MimeMismatch([FieldError("file", "mime_mismatch", sentence)])
    if found not in TAKEN:
        raise TypeNotAllowed(media_type=said or found)
    return found
