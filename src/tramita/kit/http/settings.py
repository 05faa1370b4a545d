"""Settings of whatever serves HTTP: who may ask how much of it."""

import ipaddress
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class WebSettings(BaseSettings):
    """How much one process takes at once, from everybody and from one address."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_WEB_", extra="ignore")

    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of the proxies before the web processes, with commas "
        "between them. Only theirs is believed in `X-Forwarded-For` and `X-Forwarded-Proto`. Empty: "
        "whoever connects is the client.",
    )
    connections: int = Field(
        default=5000,
        ge=1,
        description="Open connections per process, sockets among them. More get 503.",
    )
    grace: int = Field(
        default=20,
        ge=1,
        description="Seconds that a web process told to stop gives requests that are under way, "
        "longer than any provider takes that they wait for. Then they get 503.",
    )
    requests_per_second: float = Field(
        default=50,
        ge=0,
        description="Requests that one address may make of public routes, in the long run; ten times "
        "as many at once. More get 429. `0`: any number.",
    )
    misses_per_minute: float = Field(
        default=30,
        ge=0,
        description="Requests of one address to public routes that may name an unknown token or "
        "bear a wrong signature, in the long run; twice as many at once. Then it gets 429. "
        "`0`: any number.",
    )
    sockets_per_address: int = Field(
        default=1000, ge=0, description="WebSockets of one address at a time. `0`: any number."
    )
    sockets_per_token: int = Field(
        default=20, ge=0, description="WebSockets on one envelope at a time. `0`: any number."
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [ipaddress.ip_network(one.strip(), strict=False) for one in value.split(",") if one]
