"""Users of a partner's platform: whom its token names, and which tokens are believed."""

import base64
import json
import time
from typing import Any

import pytest

from tests.jwts import SECRET, claims_of, token_of
from tramita.kit.credentials import CredentialMissing
from tramita.kit.jwt_keys import PlatformKeys
from tramita.kit.jwt_users import JWTSettings, JWTUser, TokenNotTrusted, recognize_user
from tramita.kit.settings import Mode, Settings

DEMO = Settings(mode=Mode.DEMO)
PRODUCTION = Settings(mode=Mode.PRODUCTION)


async def read(token: str, platform: Settings = DEMO, **settings: Any) -> JWTUser:
    return await recognize_user(token, JWTSettings(**settings), platform, PlatformKeys(""))


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts]
    return ".".join(one.rstrip("=") for one in encoded) + "."


class TestReadUser:
    async def test_believes_the_platform(self) -> None:
        """Who it is, in which language, and whose."""
        user = await read(token_of("ana"), tenant="campus")

        assert JWTUser("campus", "ana", "ana@example.com", "Ana Learner", "fr-FR") == user
        assert "campus" == user.bounds.tenant

    @pytest.mark.parametrize(
        ("said", "meant"), [("fr_fr", "fr-FR"), ("EN", "en"), ("en-us", "en-US"), (None, "en")]
    )
    async def test_spells_a_language_in_one_way(self, said: str | None, meant: str) -> None:
        """Platforms write it in many."""
        assert meant == (await read(token_of("ana", language=said))).language

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": None},
            {"exp": int(time.time()) - 60},
            # A whole suite may pass between this and its test.
            {"nbf": int(time.time()) + 86_400},
            {"username": None},
            {"username": ""},
            {"username": 7},
            {"username": "a\x00na"},
            {"email": "nobody"},
            {"full_name": None},
            {"language": "Klingon"},
        ],
    )
    async def test_does_not_believe_what_is_incomplete_or_over(
        self, claims: dict[str, Any]
    ) -> None:
        """A token without an end would be one for ever."""
        with pytest.raises(TokenNotTrusted):
            await read(token_of("ana", **claims))

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "a.b.c",
            "…",
            token_of("ana", secret="somebody else's secret of 32 bytes and more"),
            token_of("ana")[:-2],
            unsigned(claims_of("ana")),
        ],
        ids=["nothing", "noise", "no ASCII", "another's", "cut", "unsigned"],
    )
    async def test_does_not_believe_what_the_platform_has_not_signed(self, token: str) -> None:
        """Nor what names no signature at all."""
        with pytest.raises(TokenNotTrusted):
            await read(token)

    async def test_looks_at_whom_a_token_is_for(self) -> None:
        """Where the platform's tokens are for other services too."""
        assert "ana" == (await read(token_of("ana", aud="tramita"), audience="tramita")).username
        for other in ({}, {"aud": "elsewhere"}):
            with pytest.raises(TokenNotTrusted):
                await read(token_of("ana", **other), audience="tramita")

    async def test_needs_a_secret_of_its_own_in_production(self) -> None:
        """The demo's is in the source."""
        with pytest.raises(CredentialMissing):
            await read(token_of("ana"), PRODUCTION)

    async def test_takes_no_secret_that_can_be_guessed(self) -> None:
        """Whoever has one token could try all short ones at home."""
        with pytest.raises(ValueError, match="32 bytes or more"):
            JWTSettings(secret="a" * 31)

        assert "a" * 32 == JWTSettings(secret="a" * 32).secret

    async def test_names_nobody_where_things_are_kept(self) -> None:
        """The history and the keys of requests outlive a person's wish to be forgotten."""
        user = await read(token_of("ana"))

        assert not [one for one in (user.actor, user.key, repr(user)) if "Learner" in one]
        assert "ana" not in user.actor + user.key
        assert user.key != (await read(token_of("eva"))).key
        assert SECRET not in repr(JWTSettings())
