"""What whoever runs Telegram can be told: to go mad over its updates, or to let somebody new in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.records import User
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.simulator import ActButton, forgetting_button, operator_button

_SHOWN: Final = 20


class Jump(Wanted):
    """Where the counting of updates goes on; without a number, anywhere."""

    to: int | None = None


class Raw(Wanted, kw_only=True):
    """A message to the webhook that is no update of ours: a document, or any text.

    ``padding`` bytes of blanks follow it; ``is_unsigned``: no secret is shown with any from now on.
    """

    update: dict[str, Any] | None = None
    text: str = ""
    padding: int = 0
    is_unsigned: bool = False


class NewPerson(Wanted, kw_only=True):
    """Somebody new."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = "ru"
    is_deactivated: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs it."""

    there: Messenger

    def orders(self) -> Mapping[str, Order[Any]]:
        """What can be ordered."""
        return {
            "jump_update_ids": Order(Jump, self._jump),
            "post_raw": Order(Raw, self._post_raw),
            "new_person": Order(NewPerson, self._new_person),
        }

    def shown(self) -> dict[str, object]:
        """Chats and updates in numbers."""
        groups = [one for one in self.there.chats.values() if one.is_group]
        return {
            "groups": [f"{one.title} ({one.id})" for one in groups[-_SHOWN:]],
            "messages": sum(len(one.messages) for one in self.there.chats.values()),
            "webhook": self.there.updates.url or "",
            "pending_updates": self.there.updates.waiting,
            "is_asked": self.there.updates.is_asked,
        }

    def _jump(self, order: Jump) -> Shown:
        return {"next_update_id": self.there.updates.jump(order.to)}

    def _post_raw(self, order: Raw) -> Shown:
        body = order.text.encode() if order.update is None else msgspec.json.encode(order.update)
        if order.is_unsigned:
            self.there.updates.shows_secret = False
        self.there.updates.post_raw(body + b" " * order.padding)
        return {"bytes": len(body) + order.padding}

    def _new_person(self, order: NewPerson) -> Shown:
        user = User(**msgspec.structs.asdict(order))
        self.there.users[user.id] = user
        return user.shown()


def _agent(label: str, action: str, **arguments: object) -> ActButton:
    return ActButton(label, {"actor": "igor", "action": action, **arguments})


BUTTONS: Final = (
    _agent("Igor adds the bot to the latest group", "add_bot"),
    _agent("Igor makes it an administrator", "promote_bot"),
    _agent("Igor removes the bot", "remove_bot"),
    _agent("The latest group becomes a supergroup", "upgrade_group"),
    ActButton("Anna writes", {"actor": "anna", "action": "write", "text": "Добрый день!"}),
    ActButton("Anna sends a file", {"actor": "anna", "action": "send_file"}),
    operator_button("Limits as in real life", "set", has_limits=True),
    operator_button("No limits", "set", has_limits=False),
    operator_button("The token is revoked", "set", is_revoked=True),
    operator_button("The token counts again", "set", is_revoked=False),
    operator_button("Updates are counted from elsewhere", "jump_update_ids"),
    operator_button("Restart", "restart", memory=True),
    forgetting_button("Restart, forgetting"),
)
