"""People who come from a platform of a partner, with a token that the platform has signed.

The platform knows them and says who they are in a JWT (``username``, ``email``, ``full_name``,
``language``); nobody of them has an account here. A token says when it ends. The platform signs
with a secret that both know (HS256), or with a key of which it publishes the public half (RS256,
ES256): either is believed where it is configured, and a token chooses neither of them.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey
from joserfc.jws import extract_compact
from joserfc.jwt import ClaimsOption
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tramita.kit.addresses import is_loopback
from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.credentials import read_credential, secret
from tramita.kit.jwt_keys import PlatformKeys
from tramita.kit.outside import UNREADABLE
from tramita.kit.settings import Settings
from tramita.kit.texts import OF_PEOPLE

USERNAME: Final = "username"
"""The kind of hash by which a platform's people are found, in all tables."""
_SHARED: Final = ["HS256"]
_PUBLISHED: Final = ["RS256", "ES256"]
# Bytes: what HS256 signs with less than its digest has can be guessed.
_SHORTEST: Final = 32
# Seconds by which the clocks of two machines may differ.
_LEEWAY: Final = 10

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=254, pattern=OF_PEOPLE)]
_Email = Annotated[
    str, msgspec.Meta(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$(?!\n)")
]
# As a browser names it: without a path, in small letters.
_Site = Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[0-9]+)?$")]
_Language = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2}([-_][A-Za-z]{2})?$(?!\n)")]


class JWTSettings(BaseSettings):
    """The platform whose people come with its tokens."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_JWT_", extra="ignore")

    secret: str = secret(
        "The secret with which the platform signs its users' tokens (HS256), 32 bytes or more.",
        demo="the demo's platform signs its learners' tokens with this",
    )
    jwks_url: str = Field(
        default="",
        description="Where the platform publishes the keys with which it signs (RS256, ES256), "
        "`https://…`. Empty: it signs with the secret. With an address, the secret counts no more.",
    )
    tenant: str = Field(
        default=HOUSE, description="The tenant whose the platform is, and so what its users make."
    )
    audience: str = Field(
        default="",
        description="What a token has to name as its `aud`. Empty: that is not looked at.",
    )
    origins: Annotated[tuple[_Site, ...], NoDecode] = Field(
        default=(),
        description="The platform's sites, whose forms may send its users to their pages here, "
        "`https://campus.example`, separated by commas. Empty: none; in the demo any.",
    )

    @field_validator("secret")
    @classmethod
    def _is_long(cls, secret: str) -> str:
        if secret and len(secret.encode()) < _SHORTEST:
            raise ValueError(f"the platform's secret has {_SHORTEST} bytes or more")
        return secret

    @field_validator("origins", mode="before")
    @classmethod
    def _are_listed(cls, origins: object) -> object:
        if not isinstance(origins, str):
            return origins
        return [one.strip() for one in origins.split(",") if one.strip()]

    @field_validator("jwks_url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        parts = urlsplit(url)
        is_here = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if url and not (parts.scheme == "https" and parts.hostname) and not is_here:
            raise ValueError("keys are fetched over https, or from this machine")
        return url

    def knows_somebody(self, platform: Settings) -> bool:
        """Whether there is a platform whose users are let in."""
        return bool(self.jwks_url or self.secret) or platform.is_demo


class TokenNotTrusted(Exception):
    """The token is not signed by the platform, has ended, or does not say who comes."""


class _Claims(msgspec.Struct):
    username: _Word
    email: _Email
    full_name: _Word
    language: _Language = "en"


@dataclass(frozen=True, slots=True)
class JWTUser:
    """Somebody the platform vouches for; ``language`` is as in ``fr-FR``."""

    tenant: str
    username: str
    email: str = field(repr=False)
    full_name: str = field(repr=False)
    language: str = "en"

    @property
    def bounds(self) -> Bounds:
        """What is the platform's own."""
        return Bounds(self.tenant)

    @property
    def actor(self) -> str:
        """Whose the thing is that changes says who it was."""
        return "user of the platform"

    @property
    def key(self) -> str:
        """A digest: it outlives the request, and is to name nobody."""
        return f"user:{self.tenant}:{sha256(self.username.encode()).hexdigest()}"


async def recognize_user(
    token: str, settings: JWTSettings, platform: Settings, keys: PlatformKeys
) -> JWTUser:
    """Who the bearer of ``token`` is; raises ``TokenNotTrusted``.

    Raises ``CredentialMissing`` and ``DemoCredentialRefused`` where neither the secret nor an
    address of keys is set.
    """
    if not settings.jwks_url:
        secret = read_credential(settings, "secret", platform)
        return _read_user(token, settings, _shared_key(secret), _SHARED)
    published = await keys.find(_key_of(token))
    if published is None:
        raise TokenNotTrusted
    return _read_user(token, settings, published, _PUBLISHED)


@lru_cache(maxsize=2)
def _shared_key(secret: str) -> OctKey:
    """To make a key of it takes as long as to check a signature."""
    return OctKey.import_key(secret)


def _key_of(token: str) -> str | None:
    """The name of the key that a token says it is signed with, if it can be read."""
    try:
        name = extract_compact(token.encode()).headers().get("kid")
    except (JoseError, *UNREADABLE):
        return None
    return name if isinstance(name, str) else None


def _read_user(
    token: str, settings: JWTSettings, key: OctKey | KeySet, algorithms: list[str]
) -> JWTUser:
    wanted: dict[str, ClaimsOption] = {"exp": {"essential": True}}
    if settings.audience:
        wanted["aud"] = {"essential": True, "value": settings.audience}
    claims = jwt.JWTClaimsRegistry(None, _LEEWAY, **wanted)
    try:
        said = jwt.decode(token, key, algorithms=algorithms)
        claims.validate(said.claims)
        who = msgspec.convert(said.claims, _Claims)
    except (JoseError, *UNREADABLE) as error:
        raise TokenNotTrusted from error
    language, _, country = who.language.replace("_", "-").partition("-")
    spelled = f"{language.lower()}-{country.upper()}" if country else language.lower()
    return JWTUser(settings.tenant, who.username, who.email, who.full_name, spelled)
