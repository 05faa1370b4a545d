"""People who come from a platform of a partner, with a token that the platform has signed.

The platform knows them and says who they are in a JWT (``username``, ``email``, ``full_name``,
``language``); nobody of them has an account here. A token says when it ends. The platform signs
with a secret that both know (HS256).
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import ClaimsOption
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.credentials import read_secret, secret
from tramita.kit.outside import UNREADABLE
from tramita.kit.settings import Settings
from tramita.kit.texts import OF_PEOPLE

_ALGORITHMS: Final = ["HS256"]
# Seconds by which the clocks of two machines may differ.
_LEEWAY: Final = 10

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=254, pattern=OF_PEOPLE)]
_Email = Annotated[
    str, msgspec.Meta(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$(?!\n)")
]
_Language = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2}([-_][A-Za-z]{2})?$(?!\n)")]


class JWTSettings(BaseSettings):
    """The platform whose people come with its tokens."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_JWT_", extra="ignore")

    secret: str = secret(
        "The secret with which the platform signs its users' tokens (HS256), 32 bytes or more.",
        demo="the demo's platform signs its learners' tokens with this",
    )
    tenant: str = Field(
        default=HOUSE, description="The tenant whose the platform is, and so what its users make."
    )
    audience: str = Field(
        default="",
        description="What a token has to name as its `aud`. Empty: that is not looked at.",
    )


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


def read_user(token: str, settings: JWTSettings, platform: Settings) -> JWTUser:
    """Who the bearer of ``token`` is; raises ``TokenNotTrusted``.

    Raises ``CredentialMissing`` and ``DemoCredentialRefused`` where the secret is not set.
    """
    key = OctKey.import_key(read_secret(settings, "secret", platform))
    wanted: dict[str, ClaimsOption] = {"exp": {"essential": True}}
    if settings.audience:
        wanted["aud"] = {"essential": True, "value": settings.audience}
    claims = jwt.JWTClaimsRegistry(None, _LEEWAY, **wanted)
    try:
        said = jwt.decode(token, key, algorithms=_ALGORITHMS)
        claims.validate(said.claims)
        who = msgspec.convert(said.claims, _Claims)
    except (JoseError, *UNREADABLE) as error:
        raise TokenNotTrusted from error
    language, _, country = who.language.replace("_", "-").partition("-")
    spelled = f"{language.lower()}-{country.upper()}" if country else language.lower()
    return JWTUser(settings.tenant, who.username, who.email, who.full_name, spelled)
