"""Keys that a platform publishes: fetched when needed, kept when it is away."""

import base64
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from pydantic import ValidationError

from tests.jwts import claims_of, token_of
from tramita.kit.jwt_keys import FRESH, PAUSE, PlatformKeys
from tramita.kit.jwt_users import JWTSettings, JWTUser, TokenNotTrusted, recognize_user
from tramita.kit.settings import Mode, Settings

RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
EC = ECKey.generate_key("P-256", parameters={"kid": "ec"})
LATER = ECKey.generate_key("P-256", parameters={"kid": "later"})
PRODUCTION = Settings(mode=Mode.PRODUCTION)


def signed_with(secret: bytes) -> str:
    """A token under the shared scheme, made by hand."""
    parts = ({"alg": "HS256", "kid": "rsa"}, claims_of("ana"))
    text = ".".join(_encoded(json.dumps(one).encode()) for one in parts)
    return f"{text}.{_encoded(hmac.digest(secret, text.encode(), 'sha256'))}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Platform:
    """What publishes keys, and whether it is up."""

    url: str
    published: list[RSAKey | ECKey] = field(default_factory=lambda: [RSA, EC])
    answer: Any = None
    asked: int = 0
    now: float = 1000.0
    keys: PlatformKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = PlatformKeys(self.url, clock=lambda: self.now)

    async def publish(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.answer is not None:
            return web.Response(status=503 if self.answer == "away" else 200, text=self.answer)
        return web.json_response(KeySet(list(self.published)).as_dict(private=False))

    async def read(self, key: RSAKey | ECKey, **header: str) -> JWTUser:
        algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
        named = {"alg": algorithm, "kid": key.kid or ""} | header
        return await self.recognize(jwt.encode(named, claims_of("ana"), key))

    async def recognize(self, token: str) -> JWTUser:
        settings = JWTSettings(jwks_url=self.url)
        return await recognize_user(token, settings, PRODUCTION, self.keys)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    """A platform on loopback."""
    made = Platform("")
    app = web.Application()
    app.router.add_get("/keys", made.publish)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}/keys"
    made.__post_init__()
    yield made
    await runner.cleanup()


class TestPublishedKeys:
    @pytest.mark.parametrize("key", [RSA, EC], ids=["RS256", "ES256"])
    async def test_are_believed(self, platform: Platform, key: RSAKey | ECKey) -> None:
        """They are asked for once, however many come."""
        users = [await platform.read(key) for _ in range(3)]

        assert {"ana"} == {one.username for one in users}
        assert 1 == platform.asked

    async def test_are_fetched_again_for_a_key_that_is_new(self, platform: Platform) -> None:
        """A platform changes its keys, and its users wait for no hour to pass."""
        await platform.read(RSA)
        platform.published = [LATER]
        platform.now += PAUSE

        assert "ana" == (await platform.read(LATER)).username
        with pytest.raises(TokenNotTrusted):
            await platform.read(RSA)

    async def test_are_not_fetched_for_every_name_that_somebody_invents(
        self, platform: Platform
    ) -> None:
        """Strangers cannot have us ask the platform again and again."""
        await platform.read(RSA)
        for number in range(5):
            with pytest.raises(TokenNotTrusted):
                await platform.read(LATER, kid=f"invented-{number}")

        assert 1 == platform.asked

    @pytest.mark.parametrize("answer", ["away", "<html>", "{}", '{"keys": [{"kty": "x"}]}', "[1]"])
    async def test_are_kept_while_the_platform_says_nothing_of_use(
        self, platform: Platform, answer: str
    ) -> None:
        """And without any nobody is let in."""
        platform.answer = answer
        with pytest.raises(TokenNotTrusted):
            await platform.read(RSA)
        platform.answer, platform.now = None, platform.now + PAUSE
        await platform.read(RSA)
        platform.answer, platform.now = answer, platform.now + FRESH

        assert "ana" == (await platform.read(RSA)).username
        assert 3 == platform.asked

    async def test_leave_no_way_in_for_a_secret(self, platform: Platform) -> None:
        """Neither the shared one, nor a public key that is taken for one."""
        await platform.read(RSA)
        forged = signed_with(RSA.as_pem(private=False))

        for token in (token_of("ana"), forged, "a.b.c", f"{time.time()}"):
            with pytest.raises(TokenNotTrusted):
                await platform.recognize(token)

    @pytest.mark.parametrize("url", ["http://campus.example/keys", "ftp://x", "https://", "keys"])
    def test_come_over_a_safe_way(self, url: str) -> None:
        """Whoever could change them on their way could be anybody."""
        with pytest.raises(ValidationError):
            JWTSettings(jwks_url=url)
