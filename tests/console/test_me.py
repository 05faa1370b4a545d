"""In which language and zone somebody is spoken to, before and after they have said so."""

import pytest

from tests.console.conftest import ANA
from tests.console.standing import add_operation
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.web.conftest import Site
from tramita.console import me
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account

pytestmark = pytest.mark.asyncio(loop_scope="module")

ME = "/console/me"
LIST = "/console/operations"


async def keep(visitor: Visitor, **own: str) -> int:
    page = await visitor.get(ME)
    return (await visitor.post(ME, {"csrf_token": page.csrf_token} | own)).status


class TestTheListOfZones:
    async def test_is_looked_up_once(self, ana: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is read from hundreds of files, while everybody else waits."""
        looked: list[int] = []

        def look() -> set[str]:
            looked.append(1)
            return {"America/Sao_Paulo", "Europe/Moscow"}

        monkeypatch.setattr(me, "available_timezones", look)
        me.find_zones.cache_clear()
        try:
            pages = [await ana.get(ME) for _ in range(2)]
        finally:
            me.find_zones.cache_clear()

        assert ([200, 200], [1]) == ([one.status for one in pages], looked)
        assert "Europe/Moscow" in pages[1].source


class TestAStranger:
    @pytest.mark.parametrize(
        ("accepted", "heading", "language"),
        [
            ("pt-BR,pt;q=0.9,en;q=0.5", "Entrar", "pt"),
            ("ru", "Войти", "ru"),
            ("fr,de", "Sign in", "en"),  # The console speaks neither.
        ],
    )
    async def test_is_asked_in_in_the_language_of_the_browser(
        self, stranger: Visitor, accepted: str, heading: str, language: str
    ) -> None:
        """As far as it is one of the console's."""
        stranger.session.headers["Accept-Language"] = accepted

        page = await stranger.get("/console/login")

        assert f"<h1>{heading}</h1>" in page.source
        assert f'<html lang="{language}">' in page.source

    async def test_chooses_another(self, stranger: Visitor) -> None:
        """It stays theirs in this browser, and where they wanted to go is not forgotten."""
        chosen = await stranger.get("/console/login?language=ru&next=/console/jobs")

        page = await stranger.get(chosen.location)

        assert "<h1>Войти</h1>" in page.source
        assert 'name="next" value="/console/jobs"' in page.source
        assert "Неверный адрес или пароль." in (await stranger.sign_in("no@example.com")).text

    async def test_is_told_in_it_what_does_not_exist(self, stranger: Visitor) -> None:
        """Error pages are pages."""
        stranger.session.headers["Accept-Language"] = "pt"

        page = await stranger.get("/console/nowhere")

        assert (404, True) == (page.status, "Esta página não existe" in page.text)


class TestMySettings:
    async def test_hold_in_every_browser(self, site: Site) -> None:
        """Language, dates and zone go with the account."""
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, "olga@example.com", PASSWORD, Role.VIEWER)
        async with visiting(site.url) as first, visiting(site.url) as second:
            await first.sign_in("olga@example.com")
            await second.sign_in("olga@example.com")
            operation = await add_operation(site.runtime.database, state="UNKNOWN")

            assert 303 == await keep(first, language="ru", time_zone="Asia/Yekaterinburg")

            page = await second.get(f"{LIST}/{operation}")
        assert '<html lang="ru">' in page.source
        assert "Внести предложение" in page.text  # The operation's kind is a word too.
        assert "Время по Asia/Yekaterinburg" in page.text

    @pytest.mark.parametrize(
        ("own", "said"),
        [
            ({"language": "tlh"}, "Choose one of the languages."),
            ({"time_zone": "Mars/Olympus"}, "There is no time zone of this name."),
            ({"time_zone": "../../etc/passwd"}, "There is no time zone of this name."),
        ],
    )
    async def test_are_what_there_is(self, ana: Visitor, own: dict[str, str], said: str) -> None:
        """Nothing else is kept."""
        page = await ana.get(ME)

        refused = await ana.post(ME, {"csrf_token": page.csrf_token} | own)

        assert (422, True) == (refused.status, said in refused.text)
        assert '<html lang="en">' in (await ana.get(ME)).source

    async def test_are_nobodys_else(self, site: Site, ana: Visitor) -> None:
        """What one keeps, another does not see; and a form of another page changes nothing."""
        async with site.runtime.database.unit_of_work() as work:
            await create_account(work, "rui@example.com", PASSWORD, Role.VIEWER)
        async with visiting(site.url) as rui:
            await rui.sign_in("rui@example.com")
            assert 303 == await keep(rui, language="pt")
            assert 403 == (await rui.post(ME, {"csrf_token": "0" * 64, "language": "ru"})).status
            assert "Minhas configurações" in (await rui.get(ME)).text

        assert "My settings" in (await ana.get(ME)).text
        assert ANA in (await ana.get(ME)).text


class TestTheBrowsersZone:
    @pytest.mark.parametrize(
        ("said", "zone"),
        [("Europe/Moscow", "Europe/Moscow"), ("No/Where", "America/Sao_Paulo")],
    )
    async def test_is_taken_where_the_account_has_none(
        self, ana: Visitor, said: str, zone: str
    ) -> None:
        """Or that of the house, where it is none."""
        ana.session.cookie_jar.update_cookies({"tramita_zone": said})

        assert f"Times are those of {zone}" in (await ana.get(ME)).text
