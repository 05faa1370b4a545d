"""A provider: the manifest by which an outside system's code is found.

It stands under entry-point group ``tramita.providers``; nobody imports a provider.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.credentials import read_credential
from tramita.kit.exchange import LARGEST_ANSWER, Exchange
from tramita.kit.settings import Settings


class ProviderSettings(BaseSettings):
    """What every provider reads from ``TRAMITA_<PROVIDER>_*``."""

    model_config = SettingsConfigDict(extra="ignore")

    url: str = Field(default="", description="Base URL; empty: the simulator, in demo mode only.")
    deadline: float = Field(default=30.0, description="Seconds a call may take, all in all.")
    concurrency: int = Field(default=1000, description="Calls under way at once, per process.")


class ProviderMissing(LookupError):
    """No connected provider has the asked-for key and port."""


@dataclass(frozen=True)
class Connection:
    """What a gateway is made from: this process's exchange, and the settings."""

    exchange: Exchange
    settings: Any
    platform: Settings

    def secret(self, name: str) -> str:
        """A credential; raises ``ConfigurationError`` in production without one of our own."""
        return read_credential(self.settings, name, self.platform)

    def account(self, name: str) -> str:
        """What names our account there; raises likewise."""
        return read_credential(self.settings, name, self.platform)


@dataclass(frozen=True, slots=True)
class Posted:
    """What somebody posted to a provider's webhook; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Receiver:
    """What takes a vendor's own messages.

    ``verify`` says whether the vendor sent this. ``job(message_id)`` handles what is
    kept. ``vendor_id`` reads what makes a message the same as one before; without it,
    equal bodies are one message. ``admits`` says whether it may be the vendor's, before the body is
    read: of that it sees nothing. Where nothing proves whose it is (``is_signed``), anybody may have
    a message kept: a short one, and only so many at a time.
    """

    verify: Callable[[Posted], bool]
    job: str
    vendor_id: Callable[[bytes], str | None] | None = None
    admits: Callable[[Posted], bool] | None = None
    is_signed: bool = True


@dataclass(frozen=True)
class Provider:
    """``ports`` maps each port type to what makes its gateway.

    ``receiver`` makes what takes the vendor's own messages at ``/webhooks/<key>``.
    ``simulator`` names what makes the vendor's simulator (``tramita.simulation``) as
    ``module:name``; only a process that serves simulators imports it.

    ``requests`` is how many requests, one after the other, one call of its gateways may take
    (four with access tokens: ``access_tokens.REQUESTS``), ``requests_of`` the same for those
    on single ports. The lease of an operation lasts for all of them. ``largest_answer`` is how
    many bytes an answer may have.
    """

    key: str
    title: str
    settings: type[ProviderSettings]
    ports: Mapping[type, Callable[[Connection], object]]
    receiver: Callable[[Connection], Receiver] | None = None
    simulator: str | None = None
    requests: int = 1
    requests_of: Mapping[type, int] = field(default_factory=dict)
    largest_answer: int = LARGEST_ANSWER

    def most_requests(self, port: type) -> int:
        """How many requests a call on this port may take."""
        return self.requests_of.get(port, self.requests)

    def make_gateways(self, connection: Connection) -> dict[type, object]:
        """A gateway for each port; those that one function makes are one, with all it keeps."""
        made = {make: make(connection) for make in dict.fromkeys(self.ports.values())}
        return {port: made[make] for port, make in self.ports.items()}
