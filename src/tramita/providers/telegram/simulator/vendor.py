"""What the simulated Bot API answers to each method."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec
from litestar import HttpMethod
from litestar.types import ASGIApp, ControllerRouterHandler

from tramita.providers.telegram.simulator import errors
from tramita.providers.telegram.simulator import requests as ask
from tramita.providers.telegram.simulator.asking import Bot
from tramita.providers.telegram.simulator.callbacks import Callbacks
from tramita.providers.telegram.simulator.conditions import Conditions
from tramita.providers.telegram.simulator.faults import ARGUMENTS, KINDS
from tramita.providers.telegram.simulator.host import host_routes
from tramita.providers.telegram.simulator.incoming import Incoming, Parameters, shaped
from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.methods import BY_NAME, METHODS, POLL, Caller
from tramita.providers.telegram.simulator.mini_app import Launcher
from tramita.providers.telegram.simulator.operator import BUTTONS, Operator
from tramita.providers.telegram.simulator.pages import page_routes
from tramita.providers.telegram.simulator.people import People
from tramita.providers.telegram.simulator.scenarios import SCENARIOS
from tramita.providers.telegram.simulator.sending import Sender
from tramita.providers.telegram.simulator.updates import Updates
from tramita.providers.telegram.simulator.voice import BotVoice
from tramita.providers.telegram.simulator.webhook import Registration
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Refused, Task
from tramita.simulation.front.orders import Order, Shown, carry_out
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.routes import HTTPRequest
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator, arguments_of

_CALL: Final = "call"
_DOWNLOAD: Final = "download"
_UNKNOWN: Final = "unknown"
# Seconds; nobody may wait longer for an update.
_LONGEST_POLL: Final = 50


# What a webhook's answer may not have done.
_NOT_IN_REPLY: Final = frozenset({"setWebhook", "deleteWebhook"})


class Telegram(Vendor):
    """One bot at Telegram, the people around it, and the answer to every method."""

    key = "telegram"
    title = "Telegram"
    table = (
        (HttpMethod.GET, "/file/{bot:str}/{path:path}", _DOWNLOAD),
        (HttpMethod.GET, "/{bot:str}/{method:str}", _CALL),
        (HttpMethod.POST, "/{bot:str}/{method:str}", _CALL),
    )
    kinds = KINDS
    arguments = ARGUMENTS
    errors = errors.ERRORS
    # What its one bot shows, unless the settings name another.
    demo_token = "1000001:TEST-TOKEN-NOT-A-REAL-BOT"
    buttons = BUTTONS
    scenarios = SCENARIOS
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        conditions = Conditions()
        if settings.webhooks_to:
            conditions.app_url = f"{settings.webhooks_to}/webapp"
        super().__init__(settings, conditions)
        self.updates = Updates(self.world)
        self.updates.patience.reply = self._reply
        self.messenger = Messenger(self.world, self.updates, conditions)
        self.callbacks = Callbacks(self.messenger)
        self.incoming = Incoming()
        self.launcher = Launcher(self.messenger, self.token)
        self.people = People(self.messenger, self.callbacks, self.launcher, self.agenda)
        self.operator = Operator(self.messenger)

    def voice(self, asking: Asking) -> BotVoice:
        """Everything in one envelope."""
        return BotVoice(asking, self.errors, self.token, self.conditions)

    def orders(self) -> Mapping[str, Order[Any]]:
        """What whoever runs it can be told."""
        return {**super().orders(), **self.operator.orders()}

    def act(self, order: Mapping[str, object]) -> Shown:
        """Have the operator act, or one of the people."""
        actor = str(order.get("actor", ""))
        if actor == "operator":
            return super().act(order)
        self.agenda.run()
        asked = {**arguments_of(order), "actor": "operator", "action": order.get("action")}
        said = carry_out(asked, self.people.orders(actor))
        return self.shown() if said is None else said

    def shown(self) -> Shown:
        """Chats in numbers, and conditions."""
        return {**self.operator.shown(), **self.conditions.shown()}

    def forget(self) -> None:
        """Lose every record."""
        self.updates.forget()
        self.callbacks.forget()
        self.incoming.forget()
        self.messenger.forget()

    def routes(self) -> list[ControllerRouterHandler]:
        """The API, and the pages of a messenger."""
        return [*super().routes(), *page_routes(self), *host_routes(self)]

    def simulator(self) -> Simulator:
        """Faults may match each method by its name."""
        return replace(super().simulator(), operations=(*METHODS, _DOWNLOAD))

    async def receive(self, request: HTTPRequest, operation: str) -> ASGIApp:
        """Play a method; who asks for updates may wait for one first."""
        if operation == _CALL:
            named = str(request.path_params["method"])
            operation = BY_NAME.get(named.lower(), _UNKNOWN)
        if operation != POLL or self.updates.url is not None:
            return await super().receive(request, operation)
        body = await self.incoming.read(request)
        wanted = self._poll_of(body)
        poll = await self.updates.wait(min(wanted.timeout, _LONGEST_POLL), wanted.offset)
        if poll.is_ended:
            operation = "ended_poll"
        return await super().receive(request, operation)

    def _poll_of(self, body: bytes) -> ask.GetUpdates:
        try:
            asking = Asking(POLL, "", body=body)
            wanted: ask.GetUpdates = shaped(self.incoming.parameters(asking), ask.GetUpdates)
        except Refused:
            return ask.GetUpdates()  # It is refused when it is played.
        return wanted

    async def body_of(self, request: HTTPRequest, operation: str) -> bytes:
        """Parameters as JSON, however they came."""
        return b"" if operation == _DOWNLOAD else await self.incoming.read(request)

    def journalled_path(self, asking: Asking) -> str:
        """Without the token, which is in every path."""
        return asking.path.replace(self.token, "•••")

    def prepare(self, asking: Asking) -> Task:
        """What a method comes to."""
        if asking.operation == _DOWNLOAD:
            path = asking.keys["path"].strip("/")
            return Task({"path": path}, lambda _: self._download(path))
        if asking.operation == "ended_poll":
            raise Refused(errors.POLLED_TWICE)
        if asking.operation not in METHODS:
            raise Refused(errors.METHOD_NOT_FOUND)
        parameters = self.incoming.parameters(asking)
        shape, find = METHODS[asking.operation]
        wanted = shaped(parameters, shape)
        do = find(self._caller(asking, parameters))
        fields: dict[str, str] = {
            name: str(parameters[name])
            for name in ("chat_id", "message_id", "user_id", "file_id", "text", "url")
            if name in parameters
        }
        return Task(fields, lambda _: Answer(200, {"ok": True, "result": do(wanted)}))

    def _caller(self, asking: Asking, parameters: Parameters) -> Caller:
        there, request_id = self.messenger, asking.request_id
        return Caller(
            Sender(there, request_id, self.incoming.uploads(parameters)),
            Bot(there, self.callbacks, request_id),
            Registration(there, request_id),
        )

    def _download(self, path: str) -> Answer:
        file = self.messenger.files.at(path)
        if file is None:
            raise Refused(errors.NOT_FOUND)
        return Answer(200, file.content, {"content-type": "application/octet-stream"})

    def _reply(self, body: bytes) -> None:
        """Do what a webhook's answer says; what comes of it nobody is told."""
        try:
            said = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        method = BY_NAME.get(str(said.pop("method", "")).lower(), "")
        if not method or method.startswith("get") or method in _NOT_IN_REPLY:
            return
        asking = Asking(method, "webhook", body=msgspec.json.encode(said))
        try:
            self.prepare(asking).do(None)
        except Refused as refused:
            data = {"method": method, "why": str(refused)}
            self.world.record("reply_refused", subject="webhook", request_id="webhook", data=data)


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Telegram on loopback."""
    return Telegram(settings).simulator()
