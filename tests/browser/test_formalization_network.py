"""The client's page in a bad network: without a socket, after a restart, off line, without a script."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import page_states as states
from tests.browser.page_server import PageServer
from tests.browser.page_visit import (
    PHONE,
    context,
    page,
    place,
    progress,
    server,
    wait_for_socket,
)

__all__ = ["context", "page", "server"]

pytestmark = pytest.mark.browser


class TestTheFormalizationPageInABadNetwork:
    def test_asks_every_few_seconds_when_the_socket_is_blocked(
        self, server: PageServer, page: Page
    ) -> None:
        """Without a socket the contracts arrive all the same, and the client is told."""
        token, state = place(server, details=states.loading(3, 5), refuses_sockets=True)
        page.goto(server.address(token))
        notice = page.get_by_text("Atualizando a cada 5 segundos")
        expect(notice).to_be_visible()

        state.details = states.mixed()

        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)

    def test_returns_to_the_socket_as_soon_as_there_is_one(
        self, server: PageServer, page: Page
    ) -> None:
        """The notice goes when the live connection comes."""
        token, state = place(server, details=states.loading(3, 5), refuses_sockets=True)
        page.goto(server.address(token))
        expect(page.locator("#notice")).to_be_visible()

        state.refuses_sockets = False

        wait_for_socket(state)
        expect(page.locator("#notice")).to_be_hidden()

    def test_reconnects_after_a_restart_and_looks_again(
        self, server: PageServer, page: Page
    ) -> None:
        """What happened while the socket was away is not missed."""
        token, state = place(server, details=states.loading(3, 5))
        page.goto(server.address(token))
        wait_for_socket(state)

        state.details = states.mixed()
        server.hang_up(state)

        wait_for_socket(state)
        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)

    def test_gives_up_a_line_that_is_silent_too_long(self, server: PageServer, page: Page) -> None:
        """45 seconds after the last word, and not before, the socket is opened anew."""
        token, state = place(server, details=states.loading(1, 5))
        page.clock.install()
        page.goto(server.address(token))
        wait_for_socket(state)
        for done in (2, 3):
            server.publish(state, progress(done, 5))
            expect(page.get_by_text(f"{done} de 5 prontos", exact=True)).to_be_visible()
            page.clock.fast_forward(30_000)

        page.clock.fast_forward(16_000)
        page.clock.fast_forward(1_000)

        wait_for_socket(state)
        assert not state.connected.acquire(blocking=False)

    def test_keeps_what_it_shows_when_the_server_is_away(
        self, server: PageServer, page: Page
    ) -> None:
        """The last state stays, its age is told, and the page recovers by itself."""
        token, state = place(server, details=states.mixed())
        page.goto(server.address(token))
        wait_for_socket(state)
        page.route("**/formalizacao/**", lambda route: route.abort())
        state.refuses_sockets = True
        server.hang_up(state)
        expect(page.locator("#notice")).to_contain_text("Sem resposta do servidor")
        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)

        page.unroute("**/formalizacao/**")
        state.refuses_sockets = False

        expect(page.locator("#notice")).to_be_hidden()

    def test_says_plainly_that_there_is_no_internet(
        self, server: PageServer, context: BrowserContext
    ) -> None:
        """Neither socket nor page: told with its age; and back by itself with what is new."""
        page = context.new_page()
        token, state = place(server, details=states.mixed())
        page.goto(server.address(token))
        wait_for_socket(state)
        context.set_offline(offline=True)
        server.hang_up(state)
        expect(page.locator("#notice")).to_contain_text("Você está sem internet. Estas informações")
        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)

        state.details = states.to_confirm()
        context.set_offline(offline=False)

        expect(page.locator(".confirm")).to_be_visible()
        expect(page.locator("#notice")).to_be_hidden()

    def test_says_so_when_the_link_has_ended(self, server: PageServer, page: Page) -> None:
        """A token that is no longer known ends the asking, not the reading."""
        token, state = place(server, details=states.mixed())
        page.goto(server.address(token))
        wait_for_socket(state)

        del server.states[token]
        server.hang_up(state)

        expect(page.locator("#notice")).to_contain_text("não está mais disponível")
        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)

    def test_works_without_scripts(self, server: PageServer, chromium: Browser) -> None:
        """Without JavaScript the loading page reloads itself until the contracts are there."""
        token, state = place(server, details=states.loading(3, 5))
        context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
        page = context.new_page()
        page.goto(server.address(token))
        expect(page.get_by_text("3 de 5 prontos")).to_be_visible()

        state.details = states.mixed()

        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)
        context.close()
