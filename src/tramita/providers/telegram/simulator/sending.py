"""Methods that write something: they send, edit, delete, copy and pin."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tramita.providers.telegram.simulator import errors
from tramita.providers.telegram.simulator import requests as ask
from tramita.providers.telegram.simulator.errors import bad
from tramita.providers.telegram.simulator.keyboards import read_markup
from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.records import Chat, Document, File, Message
from tramita.providers.telegram.simulator.texts import parse_text, units
from tramita.simulation.front.asking import Error, Refused

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
LARGEST_UPLOAD: Final = 50 * 1024 * 1024
_ALBUM: Final = range(2, 11)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    content: bytes
    name: str | None
    media_type: str | None


@dataclass(frozen=True, slots=True)
class Sender:
    """Writes as the bot. ``uploads`` came with this request, by the names of their parts."""

    there: Messenger
    request_id: str
    uploads: Mapping[str, Upload]

    def send_message(self, wanted: ask.SendMessage) -> Document:
        """``sendMessage``."""
        chat = self._writable(wanted)
        content = _text(wanted.text, wanted.parse_mode)
        return self._write(chat, wanted, content, "message_sent")

    def send_document(self, wanted: ask.SendDocument) -> Document:
        """``sendDocument``."""
        chat = self._writable(wanted)
        file = self._file(wanted.document, "document")
        content = {"document": file.shown(), **_caption(wanted.caption, wanted.parse_mode)}
        return self._write(chat, wanted, content, "document_sent")

    def send_photo(self, wanted: ask.SendPhoto) -> Document:
        """``sendPhoto``."""
        chat = self._writable(wanted)
        file = self._file(wanted.photo, "photo")
        content = {"photo": [_sized(file)], **_caption(wanted.caption, wanted.parse_mode)}
        return self._write(chat, wanted, content, "photo_sent")

    def send_media_group(self, wanted: ask.SendMediaGroup) -> list[Document]:
        """``sendMediaGroup``: documents among themselves only."""
        chat = self._writable(wanted)
        if len(wanted.media) not in _ALBUM:
            raise Refused(errors.WRONG_ALBUM)
        kinds = {one.type for one in wanted.media}
        if "document" in kinds and len(kinds) > 1:
            raise Refused(errors.MIXED_ALBUM)
        album = str(self.there.world.random.getrandbits(50))
        contents = []
        for one in wanted.media:
            file = self._file(one.media, "media")
            shown = {"photo": [_sized(file)]} if one.type == "photo" else {"document": file.shown()}
            contents.append({**shown, **_caption(one.caption, one.parse_mode)})
        return [self._write(chat, wanted, one, "document_sent", album) for one in contents]

    def copy_message(self, wanted: ask.CopyMessage) -> Document:
        """``copyMessage``."""
        chat = self._writable(wanted)
        source = self.there.for_bot(wanted.from_chat_id)
        if wanted.message_id not in source.messages:
            raise Refused(errors.COPY_NOT_FOUND)
        content = dict(source.messages[wanted.message_id].content)
        written = self._write(chat, wanted, content, "message_sent")
        return {"message_id": written["message_id"]}

    def edit_text(self, wanted: ask.EditText) -> Document:
        """``editMessageText``."""
        chat, message = self._own(wanted)
        content = _text(wanted.text, wanted.parse_mode)
        return self._edit(chat, message, content, wanted.reply_markup)

    def edit_caption(self, wanted: ask.EditCaption) -> Document:
        """``editMessageCaption``."""
        chat, message = self._own(wanted)
        kept: Document = {
            name: message.content[name] for name in ("document", "photo") if name in message.content
        }
        content = {**kept, **_caption(wanted.caption, wanted.parse_mode)}
        return self._edit(chat, message, content, wanted.reply_markup)

    def edit_markup(self, wanted: ask.EditMarkup) -> Document:
        """``editMessageReplyMarkup``."""
        chat, message = self._own(wanted)
        return self._edit(chat, message, message.content, wanted.reply_markup)

    def delete_message(self, wanted: ask.OfMessage) -> bool:
        """``deleteMessage``: the bot's own, or any where it leads the chat."""
        chat = self.there.for_bot(wanted.chat_id)
        message = chat.messages.get(wanted.message_id)
        if message is None:
            raise Refused(errors.DELETE_NOT_FOUND)
        if message.sender is not self.there.bot and not chat.is_led_by(self.there.bot):
            raise Refused(errors.NOT_DELETABLE)
        del chat.messages[message.id]
        self._record("message_deleted", chat, message_id=message.id)
        return True

    def pin(self, wanted: ask.OfMessage) -> bool:
        """``pinChatMessage``: where the bot leads a group."""
        chat = self.there.for_bot(wanted.chat_id)
        if chat.is_group and not chat.is_led_by(self.there.bot):
            raise Refused(errors.NO_RIGHTS)
        if wanted.message_id not in chat.messages:
            raise Refused(errors.PIN_NOT_FOUND)
        chat.pinned.append(wanted.message_id)
        self._record("message_pinned", chat, message_id=wanted.message_id)
        return True

    def unpin(self, wanted: ask.OfMessage) -> bool:
        """``unpinChatMessage``."""
        chat = self.there.for_bot(wanted.chat_id)
        if chat.is_group and not chat.is_led_by(self.there.bot):
            raise Refused(errors.NO_RIGHTS)
        if wanted.message_id in chat.pinned:
            chat.pinned.remove(wanted.message_id)
            self._record("message_unpinned", chat, message_id=wanted.message_id)
        return True

    # ---- what all of them need -----------------------------------------------------------

    def _writable(self, wanted: ask.Sending) -> Chat:
        chat = self.there.for_bot(wanted.chat_id)
        self._refuse_flood(chat)
        thread = wanted.message_thread_id
        if thread is None and chat.is_forum and chat.is_general_closed:
            raise Refused(errors.TOPIC_CLOSED)
        if thread is not None and thread not in chat.topics:
            raise Refused(errors.THREAD_NOT_FOUND)
        return chat

    def _refuse_flood(self, chat: Chat) -> None:
        if not self.there.conditions.has_limits:
            return
        wait = self.there.limiter.take(chat.id, self.there.now(), is_group=chat.is_group)
        if wait is not None:
            raise too_many(wait)

    def _own(self, wanted: ask.OfMessage) -> tuple[Chat, Message]:
        chat = self.there.for_bot(wanted.chat_id)
        self._refuse_flood(chat)
        message = chat.messages.get(wanted.message_id)
        if message is None:
            raise Refused(errors.EDIT_NOT_FOUND)
        if message.sender is not self.there.bot:
            raise Refused(errors.NOT_EDITABLE)
        return chat, message

    def _write(
        self,
        chat: Chat,
        wanted: ask.Sending,
        content: Document,
        effect: str,
        album: str | None = None,
    ) -> Document:
        message = Message(
            0,
            self.there.now(),
            self.there.bot,
            content,
            self._replied(chat, wanted),
            wanted.message_thread_id,
            album,
            read_markup(chat, wanted.reply_markup),
        )
        self.there.write(chat, message)
        self._record(effect, chat, message_id=message.id, text=message.text)
        return self.there.shown(chat, message)

    def _replied(self, chat: Chat, wanted: ask.Sending) -> int | None:
        said = wanted.reply_parameters
        number = said.message_id if said else wanted.reply_to_message_id
        if number is None or number in chat.messages:
            return number
        if said is not None and said.allow_sending_without_reply:
            return None
        raise Refused(errors.REPLY_NOT_FOUND)

    def _edit(
        self, chat: Chat, message: Message, content: Document, markup: Document | None
    ) -> Document:
        keyboard = read_markup(chat, markup)
        if content == message.content and keyboard == message.markup:
            raise Refused(errors.NOT_MODIFIED)
        self.there.change(chat, message, content)
        message.markup = keyboard
        self._record("message_edited", chat, message_id=message.id, text=message.text)
        return self.there.shown(chat, message)

    def _file(self, named: str, part: str) -> File:
        upload = self.uploads.get(named.removeprefix("attach://") if named else part)
        if upload is not None:
            if len(upload.content) > LARGEST_UPLOAD:
                raise Refused(errors.TOO_LARGE)
            if not upload.content:
                raise Refused(bad("file must be non-empty"))
            name = upload.name or "file"
            return self.there.files.keep(upload.content, name, upload.media_type)
        if not named or named.startswith("attach://"):
            raise Refused(errors.NO_FILE)
        if named.startswith(("http://", "https://")):
            # Telegram would fetch it; nothing here is reached from there.
            raise Refused(bad("failed to get HTTP URL content"))
        return self.there.files.get(named)

    def _record(self, effect: str, chat: Chat, **data: object) -> None:
        self.there.world.record(
            effect, subject=str(chat.id), request_id=self.request_id, data={**data}
        )


def too_many(seconds: int) -> Refused:
    """``429``, and when to come again."""
    error = Error(429, "Too Many Requests", f"retry after {seconds}", {"retry-after": str(seconds)})
    return Refused(error, parameters={"retry_after": seconds})


def _text(text: str, mode: str) -> Document:
    plain, entities = parse_text(text, mode)
    if not plain.strip():
        raise Refused(errors.EMPTY_TEXT)
    if units(plain) > LONGEST_TEXT:
        raise Refused(errors.TOO_LONG)
    return {"text": plain, **({"entities": entities} if entities else {})}


def _caption(text: str, mode: str) -> Document:
    if not text:
        return {}
    plain, entities = parse_text(text, mode)
    if units(plain) > LONGEST_CAPTION:
        raise Refused(errors.CAPTION_TOO_LONG)
    return {"caption": plain, **({"caption_entities": entities} if entities else {})}


def _sized(file: File) -> Document:
    shown = file.shown()
    return {name: shown[name] for name in ("file_id", "file_unique_id", "file_size")} | {
        "width": 90,
        "height": 90,
    }
