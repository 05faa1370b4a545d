"""The door: what somebody finds who comes to ``/`` without anything."""

import pytest

from tests.web.conftest import Site
from tramita.kit.jwt_users import JWTSettings
from tramita.kit.settings import Mode

pytestmark = pytest.mark.asyncio(loop_scope="module")

FRENCH = {"Accept-Language": "fr"}


class TestTheDoorInProduction:
    async def test_names_the_journeys_that_there_are(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """To each one's people in their language; of what is not set up nothing is said."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)
        without = await site.ask("GET", "/", authenticated=False)
        usual = site.runtime.configured(JWTSettings)
        site.runtime.configure(JWTSettings(secret="of-the-campus-and-nobody-else-at-all"))
        said = await site.ask("GET", "/", authenticated=False)
        french = await site.ask("GET", "/", authenticated=False, headers=FRENCH)
        site.runtime.configure(usual)

        assert "Your courses" not in without.body
        assert 'lang="pt-BR"' in without.body
        assert "Recebeu um link" in said.body
        assert "Come in from your learning platform" in said.body
        assert "Passez par votre plateforme" in french.body
        assert "/console" in said.body

    async def test_says_nothing_of_journeys_where_there_are_none(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Operators find their way all the same."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)
        monkeypatch.setattr(site.runtime, "_gateways", {})
        said = await site.ask("GET", "/", authenticated=False)

        assert (200, False) == (said.status, "<h2>" in said.body)
        assert "sign in to the console" in said.body
