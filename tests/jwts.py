"""A partner's platform, as far as it signs tokens of its users."""

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

from tramita.kit.credentials import secrets_of
from tramita.kit.jwt_users import JWTSettings, JWTUser

SECRET = secrets_of(JWTSettings)["secret"]


def claims_of(username: str, /, **more: Any) -> dict[str, Any]:
    """What a platform says of one of its users, for five minutes; ``None`` leaves a claim out."""
    said = {
        "username": username,
        "email": f"{username}@example.com",
        "full_name": f"{username.title()} Learner",
        "language": "fr-FR",
        "exp": int(time.time()) + 300,
    }
    return {name: value for name, value in (said | more).items() if value is not None}


def token_of(username: str, /, *, secret: str = SECRET, **more: Any) -> str:
    """A token for one user."""
    key = OctKey.import_key(secret)
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims_of(username, **more), key)


def bearing(username: str, /, **more: Any) -> dict[str, str]:
    """Headers with such a token."""
    return {"Authorization": f"Bearer {token_of(username, **more)}"}


def user_of(username: str, /, **more: Any) -> JWTUser:
    """The same user, as they are known once their token is trusted."""
    said = claims_of(username, **more)
    names = ("username", "email", "full_name", "language")
    return JWTUser(JWTSettings().tenant, *(said[name] for name in names))
