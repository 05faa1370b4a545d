"""A messenger to play by hand: as any of the people, in any of their chats."""

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Annotated, Any, Final, Protocol
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tramita.providers.telegram.simulator.markup import marked_up
from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.mini_app import Launcher
from tramita.providers.telegram.simulator.people import People
from tramita.providers.telegram.simulator.records import Chat, Document, Message, User
from tramita.simulation.callers import refuse_foreign_pages
from tramita.simulation.front.asking import Refused
from tramita.simulation.simulator import UnknownAct

ENVIRONMENT: Final = Environment(
    loader=PackageLoader("tramita.providers.telegram.simulator"),
    autoescape=True,
    undefined=StrictUndefined,
)
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_SERVICES: Final[Mapping[str, str]] = {
    "new_chat_member": "came into the group",
    "left_chat_member": "left the group",
    "migrate_to_chat_id": "This group has become a supergroup.",
    "migrate_from_chat_id": "This supergroup was a group before.",
}

As = Annotated[str, QueryParameter(name="as", max_length=100)]
ChatNumber = Annotated[int | None, QueryParameter(name="chat")]
No = Annotated[str, QueryParameter(name="no", max_length=300)]


class Playing(Protocol):
    """What a page shows and does."""

    messenger: Messenger
    people: People
    launcher: Launcher

    def act(self, order: Mapping[str, object]) -> Mapping[str, object]: ...


def page_routes(vendor: Playing) -> list[ControllerRouterHandler]:
    """The page, its parts, what is done on it, and files to look at."""
    static = files("tramita.providers.telegram.simulator") / "static"
    style = (static / "chats.css").read_text(encoding="utf-8")
    script = (static / "chats.js").read_text(encoding="utf-8")

    @get("/", media_type=MediaType.HTML)
    async def show_chats(who: As = "", chat: ChatNumber = None, no: No = "") -> Response[str]:
        shown = shown_chat(vendor, who, chat)
        page = ENVIRONMENT.get_template("chats.html").render(no=no, **shown)
        return Response(page, headers=_HEADERS)

    @get("/messages", media_type=MediaType.HTML)
    async def show_messages(who: As = "", chat: ChatNumber = None) -> Response[str]:
        shown = shown_chat(vendor, who, chat)
        part = ENVIRONMENT.get_template("_messages.html").render(**shown)
        return Response(part, headers=_HEADERS)

    @post("/act", status_code=303, guards=[refuse_foreign_pages])
    async def act(request: Request[Any, Any, Any]) -> Redirect:
        order = await _order_in(request)
        back = {"as": order["actor"], "chat": order.get("chat", "")}
        try:
            said = vendor.act(order)
            if order["action"] in ("create_group", "upgrade_group"):
                back["chat"] = said["chat"]
        except (UnknownAct, Refused) as refused:
            back["no"] = str(refused)[:300]
        return Redirect(f"./?{urlencode(back)}", status_code=303)

    @get("/files/{file_id:str}")
    async def show_file(file_id: FromPath[str]) -> Response[bytes]:
        try:
            file = vendor.messenger.files.get(file_id)
        except Refused:
            raise NotFoundException from None
        # Whatever it is, nothing of it runs here.
        headers = {"Content-Disposition": "attachment", "Content-Security-Policy": "sandbox"}
        return Response(file.content, media_type="application/octet-stream", headers=headers)

    @get("/chats.css")
    async def show_style() -> Response[str]:
        return Response(style, media_type="text/css")

    @get("/chats.js")
    async def show_script() -> Response[str]:
        return Response(script, media_type="text/javascript")

    return [show_chats, show_messages, act, show_file, show_style, show_script]


async def _order_in(request: Request[Any, Any, Any]) -> dict[str, object]:
    """What a form says: empty fields say nothing, numbers are numbers, a file is a file."""
    order: dict[str, object] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if content:
                order |= {"content": content, "name": value.filename}
                order["media_type"] = value.content_type
        elif name in ("chat", "message_id", "reply_to") and value.lstrip("-").isdecimal():
            order[name] = int(value)
        elif name == "others":
            order[name] = [*_listed(order.get(name)), value]
        elif value:
            order[name] = value
    return {"actor": "", "action": "", **order}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def shown_chat(vendor: Playing, who: str, number: int | None) -> dict[str, Any]:
    """Somebody's chats, and what stands in one of them."""
    there = vendor.messenger
    people = [user for user in there.users.values() if not user.is_bot]
    try:
        me = vendor.people.find(who) if who else people[0]
    except UnknownAct:
        raise NotFoundException from None
    chats = [one for one in there.chats.values() if one.has(me) and one.moved_to is None]
    chat = next((one for one in chats if one.id == number), chats[-1] if chats else None)
    return {
        "me": me,
        "people": people,
        "chats": [{"id": one.id, "title": _title(there, one)} for one in chats],
        "chat": chat,
        "title": _title(there, chat) if chat else "",
        "members": _members(there, chat) if chat else [],
        "has_bot": chat is not None and chat.has(there.bot),
        "is_led": chat is not None and chat.is_led_by(there.bot),
        "messages": _messages(vendor, chat, me) if chat else [],
        "waiting": there.updates.waiting,
        "webhook": there.updates.url is not None,
    }


def _title(there: Messenger, chat: Chat) -> str:
    if chat.is_group:
        return chat.title
    return f"{there.bot.first_name} and {there.users[chat.id].first_name}"


def _members(there: Messenger, chat: Chat) -> list[str]:
    return [
        f"{user.first_name} ({chat.members[user.id]})"
        for user in there.users.values()
        if chat.has(user)
    ]


def _messages(vendor: Playing, chat: Chat, me: User) -> list[dict[str, Any]]:
    return [_message(vendor, chat, one, me) for one in chat.messages.values()]


def _message(vendor: Playing, chat: Chat, message: Message, me: User) -> dict[str, Any]:
    service = next((name for name in _SERVICES if name in message.content), None)
    said = message.content
    entities: list[Document] = said.get("entities") or said.get("caption_entities") or []
    replied = chat.messages.get(message.reply_to) if message.reply_to else None
    return {
        "id": message.id,
        "sender": _sender(chat, message),
        "is_mine": message.sender is me and service is None,
        "is_bots": message.sender is vendor.messenger.bot,
        "at": _clock(message.edited_at or message.at),
        "is_edited": message.edited_at is not None,
        "service": _service(message, service),
        "text": marked_up(message.text, entities),
        "plain": message.text,
        "file": message.file,
        "replied": replied.text[:80] if replied else "",
        "thread": chat.topics.get(message.thread) if message.thread else None,
        "buttons": _buttons(vendor, chat, message, me),
    }


def _sender(chat: Chat, message: Message) -> str:
    if message.is_anonymous or message.sender is None:
        return chat.title
    return message.sender.name


def _service(message: Message, service: str | None) -> str:
    if service is None:
        return ""
    shown = message.content[service]
    said = _SERVICES[service]
    return f"{shown['first_name']} {said}" if isinstance(shown, dict) else said


def _buttons(vendor: Playing, chat: Chat, message: Message, me: User) -> list[list[dict[str, str]]]:
    rows = (message.markup or {}).get("inline_keyboard", [])
    return [[_button(vendor, chat, one, me) for one in row] for row in rows]


def _button(vendor: Playing, chat: Chat, button: Mapping[str, Any], me: User) -> dict[str, str]:
    """What a press does: it opens an address, our application in its place, or sends something."""
    url = str(button.get("url", ""))
    start = vendor.launcher.start_in(url)
    if start is not None:
        url = f"host?{urlencode({'as': me.username, 'chat': chat.id, 'start': start})}"
    return {
        "text": str(button["text"]),
        "url": url,
        "data": str(button.get("callback_data", "")),
        "is_app": "yes" if start is not None else "",
    }


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"
