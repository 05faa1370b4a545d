"""What the bot is told: updates, kept for a day until it takes them, by webhook or when it asks.

Those of one queue (the messages of a chat, who came and went there, its buttons) come one after
the other, those of different queues side by side. So that somebody added the bot may well be
told after what they wrote then.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from random import Random
from typing import Final

import msgspec

from tramita.providers.telegram.simulator.records import Document
from tramita.simulation.dispatch import Attempt, Dispatch, Manners, Notice
from tramita.simulation.world import World

# What the simulator's webhooks show until ``setWebhook`` says otherwise.
DEMO_SECRET: Final = "telegram-demonstration-secret"
SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"

_KEPT_FOR: Final = timedelta(hours=24)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_REMOVED_AFTER: Final = timedelta(hours=23)
# Only who asks for these is told of them.
_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_STRANGERS_CHAT: Final = -1009999999999

Reply = Callable[[bytes], None]


@dataclass(slots=True)
class Pending:
    """An update that the bot has not taken."""

    id: int
    kind: str
    queue: str
    chat: int
    at: datetime
    content: Document
    is_posted: bool = False

    @property
    def document(self) -> Document:
        """The ``Update``."""
        return {"update_id": self.id, self.kind: self.content}


class Poll:
    """Somebody who asks for updates and waits for one; who asks later ends it."""

    def __init__(self) -> None:
        self.is_ended = False
        self.stirred = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Wait for an update, for somebody who asks later, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stirred.wait()


class Patience(Manners):
    """As Telegram delivers: within a minute, again at once, then with pauses that double.

    ``reply`` has what the webhook's answer says done.
    """

    timeout_seconds = 60.0

    def __init__(self, updates: "Updates", random: Random) -> None:
        self._updates, self._random = updates, random
        self.reply: Reply | None = None

    def next_gap(self, dispatch: Dispatch, now: datetime) -> timedelta | None:
        """A pause that the subscriber asks for counts, up to an hour; after a day there is none."""
        if now - dispatch.created_at >= _KEPT_FOR:
            return None
        asked = dispatch.attempts[-1].retry_after
        if asked is not None:
            return min(timedelta(seconds=asked), _LONGEST_PAUSE)
        if dispatch.made == 1:
            return timedelta()
        capped = self._random.uniform(60, 120)
        return timedelta(seconds=min(2.0 ** (dispatch.made - 1), capped))

    def heard(self, dispatch: Dispatch, attempt: Attempt, body: bytes) -> None:
        """What was taken is over; what was not is remembered as the last error."""
        if attempt.is_success:
            self._updates.take(int(dispatch.notice.fields["update_id"]))
            if body and self.reply is not None:
                self.reply(body)
        else:
            self._updates.failed(attempt)


class Updates:
    """All that the bot has not taken yet, and where it is told."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._office = world.post_office
        self.patience = Patience(self, world.random)
        self._office.manners = self.patience
        self._office.sign = self._sign
        self._pending: dict[int, Pending] = {}
        self._poll: Poll | None = None
        self.forget()

    def forget(self) -> None:
        """As at first: nobody is told anything."""
        self._pending.clear()
        self.secret = DEMO_SECRET
        self.shows_secret = True
        self.allowed: Sequence[str] = ()
        self.most_connections = 40
        self.last_error: tuple[datetime, str] | None = None
        self._gone_since: datetime | None = None
        self._next_id = 100_000_001

    # ---- what there is to tell -----------------------------------------------------------

    def tell(self, kind: str, content: Document, *, chat: int, queue: str) -> None:
        """Tell the bot, if it wants to hear of such things."""
        if not self._is_wanted(kind):
            return
        now = self._world.clock.now()
        self._pending[self._next_id] = Pending(
            self._next_id, kind, f"{chat}:{queue}", chat, now, content
        )
        self._next_id += 1
        self.post()
        if self._poll is not None:
            self._poll.stirred.set()

    def jump(self, to: int | None) -> int:
        """Go on counting from another number, as after a week without updates."""
        self._next_id = to if to is not None else self._world.random.getrandbits(30)
        return self._next_id

    def post(self) -> None:
        """Post what was not posted yet, where there is a webhook."""
        if self._office.url is None:
            return
        for one in self._kept():
            if not one.is_posted:
                one.is_posted = True
                self._office.post(self._notice(one))

    def post_raw(self, body: bytes) -> None:
        """Post something that is no update of ours, as whoever knows the address may."""
        fields = {"type": "raw", "status": "raw", "chat": "", "update_id": "0"}
        self._office.post(Notice("raw", "raw", fields, body, lambda: body))

    def _notice(self, one: Pending) -> Notice:
        fields = {
            "type": one.kind,
            "status": one.kind,
            "chat": str(one.chat),
            "update_id": str(one.id),
        }

        def unknown() -> bytes:
            stranger = {**one.content, "chat": {"id": _STRANGERS_CHAT, "type": "supergroup"}}
            return msgspec.json.encode({"update_id": one.id + 1_000_000, one.kind: stranger})

        return Notice(one.kind, one.queue, fields, msgspec.json.encode(one.document), unknown)

    def _is_wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _ON_REQUEST

    def _kept(self) -> list[Pending]:
        now = self._world.clock.now()
        for one in [one for one in self._pending.values() if now - one.at >= _KEPT_FOR]:
            del self._pending[one.id]
        return list(self._pending.values())

    # ---- by webhook ----------------------------------------------------------------------

    @property
    def url(self) -> str | None:
        """Where updates are posted to."""
        return self._office.url

    @property
    def waiting(self) -> int:
        """How many were not taken."""
        return len(self._kept())

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for one."""
        return self._poll is not None

    def subscribe(self, url: str | None, *, secret: str | None, drops: bool) -> None:
        """Post there from now on; raises ``SubscriberNotLoopback`` for other machines."""
        is_other = url != self._office.url
        self._office.subscribe(url)
        self.secret, self.shows_secret = secret or "", secret is not None
        self.last_error, self._gone_since = None, None
        if is_other:
            self._office.withdraw()
            for one in self._pending.values():
                one.is_posted = False
        if drops:
            self._office.withdraw()
            self._pending.clear()
        self.post()

    def take(self, update_id: int) -> None:
        """The bot has it."""
        self._pending.pop(update_id, None)
        self._gone_since = None

    def failed(self, attempt: Attempt) -> None:
        """The bot did not take one; who says for a day that nobody is there is believed."""
        at = attempt.at
        if attempt.status is None:
            self.last_error = at, attempt.error or "Connection failed"
            return
        phrase = HTTPStatus(attempt.status).phrase if attempt.status in set(HTTPStatus) else ""
        self.last_error = at, f"Wrong response from the webhook: {attempt.status} {phrase}".strip()
        if attempt.status != HTTPStatus.GONE:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = at
        elif at - self._gone_since >= _REMOVED_AFTER:
            self.subscribe(None, secret=None, drops=False)

    def shown(self) -> Document:
        """A ``WebhookInfo``."""
        shown: Document = {
            "url": self._office.url or "",
            "has_custom_certificate": False,
            "pending_update_count": self.waiting,
            "max_connections": self.most_connections,
        }
        if self.allowed:
            shown["allowed_updates"] = list(self.allowed)
        if self.last_error is not None:
            at, message = self.last_error
            shown |= {"last_error_date": int(at.timestamp()), "last_error_message": message}
        return shown

    def _sign(
        self, path: str, body: bytes, *, age: timedelta, is_forged: bool
    ) -> Mapping[str, str]:
        del path, body, age  # The secret is all that is shown.
        headers = {"content-type": "application/json"}
        if is_forged:
            return {**headers, SECRET_HEADER: "a-strangers-secret"}
        return {**headers, SECRET_HEADER: self.secret} if self.shows_secret else headers

    # ---- by asking -----------------------------------------------------------------------

    async def wait(self, seconds: float, after: int) -> Poll:
        """Wait until there is an update to be asked for; whoever waits already waits in vain."""
        if self._poll is not None:
            self._poll.is_ended = True
            self._poll.stirred.set()
        poll = self._poll = Poll()
        try:
            if seconds > 0 and not any(one.id >= after for one in self._kept()):
                await poll.wait(seconds)
        finally:
            if self._poll is poll:
                self._poll = None
        return poll

    def fetch(self, offset: int, limit: int) -> list[Document]:
        """Updates from ``offset`` on; those before it are taken. A negative one counts from the end."""
        kept = sorted(self._kept(), key=lambda one: one.id)
        if offset < 0:
            for one in kept[:offset]:
                self.take(one.id)
            kept = kept[offset:]
        for one in kept:
            if one.id < offset:
                self.take(one.id)
        return [one.document for one in kept if one.id >= offset][: min(max(limit, 1), 100)]
