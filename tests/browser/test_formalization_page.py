import shutil
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import page_states as states
from tests.browser.conftest import FLAGS
from tests.browser.page_server import PageServer
from tests.browser.page_visit import (
    PHONE,
    barriers_on_any_screen,
    context,
    overflow,
    page,
    place,
    progress,
    server,
    wait_for_socket,
)
from tramita.portability.lender import DEMO_LENDER

__all__ = ["context", "page", "server"]

pytestmark = pytest.mark.browser

ALL_DONE = {"message": "all done", "type": "CONTRACTS_PROCESSED"}
CHANGED = {"type": "CONTRACT_CHANGED", "id": "x", "status": "x", "portability_status": "x"}


class TestTheFormalizationPage:
    def test_moves_its_bar_with_the_socket(self, server: PageServer, page: Page) -> None:
        """Every progress message is on the screen without any request."""
        token, state = place(server, details=states.loading(1, 5))
        page.goto(server.address(token))
        wait_for_socket(state)

        server.publish(state, progress(4, 5))

        expect(page.get_by_text("4 de 5 prontos", exact=True)).to_be_visible()
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "4")

    def test_shows_the_contracts_once_all_are_done(self, server: PageServer, page: Page) -> None:
        """ "All done" replaces the loading screen, is read aloud and changes the title."""
        token, state = place(server, details=states.loading(4, 5))
        page.goto(server.address(token))
        wait_for_socket(state)

        state.details = states.mixed()
        server.publish(state, ALL_DONE)

        expect(page.get_by_role("heading", level=1)).to_have_text(
            "2 contratos prontos para assinar"
        )
        expect(page.locator("#announcer")).to_have_text("2 contratos prontos para assinar")
        expect(page).to_have_title("2 contratos prontos para assinar · Formalização")

    def test_learns_on_connecting_what_it_missed(self, server: PageServer, page: Page) -> None:
        """A run that ended between the page and its socket is not waited for."""
        token, state = place(server, details=states.loading(4, 5), on_connect=[ALL_DONE])

        def finish_the_run(route: Route) -> None:
            state.details = states.mixed()
            route.continue_()

        page.route("**/static/formalization.js", finish_the_run)

        page.goto(server.address(token))

        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(2)

    def test_begins_to_count_when_the_link_is_requested(
        self, server: PageServer, page: Page
    ) -> None:
        """A page opened too early turns into the loading screen by itself."""
        token, state = place(server, details=states.not_requested())
        page.goto(server.address(token))
        wait_for_socket(state)

        state.details = states.loading(0, 5)
        server.publish(state, progress(0, 5))

        expect(page.get_by_text("0 de 5 prontos", exact=True)).to_be_visible()

    def test_follows_a_contract_after_the_signature(self, server: PageServer, page: Page) -> None:
        """A later change is shown, and the reader's place is kept."""
        first, second = (
            states.portability(number, status="FORMALIZACAO_CLIENTE") for number in "12"
        )
        token, state = place(server, details=states.details(first, second))
        page.goto(server.address(token))
        wait_for_socket(state)
        kept = page.locator(f"#sign-{second.id}")
        kept.focus()

        state.details = states.details(states.portability("1", status="AGUARDANDO_SALDO"), second)
        server.publish(state, CHANGED)

        expect(page.get_by_text("Assinado, aguardando saldo", exact=True)).to_be_visible()
        expect(kept).to_be_focused()

    def test_shows_a_change_at_once_and_the_same_after_a_reload(
        self, server: PageServer, page: Page
    ) -> None:
        """From the signature to the registered margin without a reload, and nothing is lost by one."""
        life = [
            ({"status": "AGUARDANDO_SALDO", "stage": "held"}, "Assinado"),
            ({"status": "AGUARDANDO_SALDO", "stage": "submitted"}, "Assinado, pedido enviado"),
            (
                {"status": "AGUARDANDO_SALDO", "consent_status": "awaiting"},
                "Falta sua confirmação",
            ),
            ({"status": "SALDO_RETORNADO", "final_balance": "8734.10"}, "Saldo informado"),
            ({"status": "AGUARDANDO_PAGAMENTO", "stage": "settling"}, "Quitação a caminho"),
            ({"status": "FINALIZADO"}, "Quitado"),
            ({"status": "FINALIZADO", "margin_registered_at": states.REGISTERED_AT}, "Concluído"),
        ]
        token, state = place(
            server, details=states.details(states.portability("1", status="FORMALIZACAO_CLIENTE"))
        )
        page.goto(server.address(token))
        wait_for_socket(state)
        page.evaluate("window.isTheSamePage = true")

        for known, stamp in life:
            state.details = states.details(states.portability("1", **known))
            server.publish(state, CHANGED)
            expect(page.locator(".stamp")).to_have_text(stamp)

        assert page.evaluate("window.isTheSamePage")
        shown = page.locator("#formalization").inner_text()
        page.reload()
        assert shown == page.locator("#formalization").inner_text()

    def test_does_not_ask_for_each_of_a_burst_of_changes(
        self, server: PageServer, page: Page
    ) -> None:
        """Contracts that move together are fetched and read aloud together."""
        numbers = [f"P-{n}" for n in range(5)]
        token, state = place(
            server,
            details=states.details(
                *(states.portability(n, status="FORMALIZACAO_CLIENTE") for n in numbers)
            ),
        )
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.partition("?")[2]))
        page.goto(server.address(token))
        wait_for_socket(state)
        asked.clear()

        state.details = states.details(
            *(states.portability(n, status="AGUARDANDO_SALDO") for n in numbers)
        )
        server.publish(state, *({**CHANGED, "id": number} for number in numbers))

        expect(page.locator(".stamp")).to_have_text(["Assinado, aguardando saldo"] * 5)
        # Twice at most: a machine too busy may take a burst apart.
        assert asked.count("fragment=1") in {1, 2}
        expect(page.locator("#announcer")).to_contain_text("5 contratos mudaram")

    def test_keeps_the_readers_place(self, server: PageServer, page: Page) -> None:
        """A card that grows above what is being read does not push it away."""
        second = states.portability("2", status="AGUARDANDO_SALDO", bank="Caixa do Vale")
        token, state = place(
            server, details=states.details(states.parked("1", bank="Banco Aurora"), second)
        )
        page.goto(server.address(token))
        wait_for_socket(state)
        card = page.locator(f"#contract-{second.id}")
        top = "card => Math.round(card.getBoundingClientRect().top)"
        card.evaluate("card => card.scrollIntoView({ block: 'start' })")
        before = card.evaluate(top)

        state.details = states.details(states.to_confirm().contracts[0], second)
        server.publish(state, CHANGED)

        expect(page.locator(".confirm")).to_be_attached()
        assert abs(before - card.evaluate(top)) <= 1

    def test_leaves_the_focus_at_the_card_whose_button_went(
        self, server: PageServer, page: Page
    ) -> None:
        """Who navigates by keyboard is not thrown back to the top of the page."""
        contract = states.portability("1", status="FORMALIZACAO_CLIENTE")
        token, state = place(server, details=states.details(contract))
        page.goto(server.address(token))
        wait_for_socket(state)
        page.locator(f"#sign-{contract.id}").focus()

        state.details = states.details(states.portability("1", status="AGUARDANDO_SALDO"))
        server.publish(state, CHANGED)

        expect(page.locator(f"#contract-{contract.id}")).to_be_focused()

    def test_takes_no_button_away_while_it_is_pressed(self, server: PageServer, page: Page) -> None:
        """What has changed meanwhile is shown as soon as it is let go."""
        first, second = (
            states.portability(number, status="FORMALIZACAO_CLIENTE") for number in "12"
        )
        token, state = place(server, details=states.details(first, second))
        page.goto(server.address(token))
        wait_for_socket(state)
        page.evaluate(
            "addEventListener('click', (event) => {"
            " event.preventDefault(); window.pressed = event.target.id; }, true)"
        )
        page.locator(f"#sign-{second.id}").hover()
        page.mouse.down()

        state.details = states.details(states.portability("1", status="AGUARDANDO_SALDO"), second)
        with page.expect_request_finished(lambda request: "fragment=1" in request.url):
            server.publish(state, CHANGED)
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
        page.mouse.up()

        expect(page.get_by_text("Assinado, aguardando saldo", exact=True)).to_be_visible()
        assert f"sign-{second.id}" == page.evaluate("window.pressed")

    def test_says_politely_which_contract_changed(self, server: PageServer, page: Page) -> None:
        """Those who listen hear the contract and its new place."""
        token, state = place(server, details=states.underway())
        page.goto(server.address(token))
        wait_for_socket(state)

        state.details = states.underway()
        state.details.contracts[0] = states.portability("B-0001", status="SALDO_RETORNADO")
        server.publish(state, CHANGED)

        expect(page.locator("#announcer[role=status]")).to_have_text(
            "Portabilidade do Banco Aurora: Saldo informado"
        )

    def test_keeps_the_one_signature_of_a_group_in_reach(
        self, server: PageServer, page: Page
    ) -> None:
        """One button signs all, and is on the screen while the first contract is read."""
        token, _ = place(server, details=states.grouped())

        page.goto(server.address(token))

        button = page.get_by_role("link", name="Ler e assinar")
        expect(button).to_have_count(1)
        expect(button).to_have_text("Ler e assinar os 3 contratos")
        expect(button).to_be_in_viewport()
        expect(button).to_have_attribute("href", states.GROUP)

    def test_never_counts_backwards(self, server: PageServer, page: Page) -> None:
        """A fragment older than the last message does not undo it."""
        token, state = place(server, details=states.loading(2, 5))
        page.goto(server.address(token))
        wait_for_socket(state)
        server.publish(state, progress(4, 5))
        expect(page.get_by_text("4 de 5 prontos", exact=True)).to_be_visible()

        page.evaluate("document.getElementById('formalization').dataset.before = ''")
        server.publish(state, CHANGED)

        expect(page.locator("[data-before]")).to_have_count(0)
        assert "4 de 5 prontos" == page.locator("#progress-text").text_content()

    def test_shows_a_contract_as_soon_as_it_is_ready(self, server: PageServer, page: Page) -> None:
        """One that is judged can be signed while others are still being judged."""
        token, state = place(server, details=states.loading(1, 5))
        page.goto(server.address(token))
        wait_for_socket(state)

        state.details = states.running()
        server.publish(state, progress(2, 5))

        expect(page.get_by_role("link", name="Ler e assinar")).to_have_count(1)
        expect(page.get_by_text("Em análise")).to_have_count(2)
        expect(page.get_by_text("2 de 5 prontos", exact=True)).to_be_visible()

    def test_says_who_lends_at_the_head_and_at_the_foot(
        self, server: PageServer, page: Page
    ) -> None:
        """The client sees whose page it is, and whom to call."""
        token, _ = place(server, details=states.mixed(), lender=DEMO_LENDER.lender)

        page.goto(server.address(token))

        expect(page.get_by_role("banner")).to_contain_text("Banco Exemplo")
        foot = page.get_by_role("contentinfo")
        expect(foot).to_contain_text("Fale com o Banco Exemplo")
        expect(foot.get_by_role("link", name="0800 000 0001")).to_have_attribute(
            "href", "tel:08000000001"
        )
        expect(page).to_have_title("2 contratos prontos para assinar · Banco Exemplo")
        accent = page.evaluate(
            "getComputedStyle(document.querySelector('.button')).backgroundColor"
        )
        assert "rgb(29, 79, 145)" == accent


class TestTheFormalizationPageOnAnyScreen:
    @pytest.mark.parametrize("state", list(states.ALL))
    def test_fits_and_obeys_its_security_policy(
        self, server: PageServer, page: Page, state: str
    ) -> None:
        """Nothing overflows any screen, nothing is inline, nothing comes from elsewhere."""
        complaints: list[str] = []
        hosts: set[str] = set()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        token, placed = place(server, details=states.ALL[state], lender=DEMO_LENDER.lender)

        page.goto(server.address(token))
        wait_for_socket(placed)
        spilt = [overflow(page, width) for width in (320, 390, 1280)]
        barriers = barriers_on_any_screen(page, name=f"page-{state}")

        assert [] == complaints
        assert {f"127.0.0.1:{server.port}"} == hosts
        assert [(0, [])] * 3 == spilt
        assert [] == barriers

    def test_fits_when_letters_are_twice_as_large(
        self, server: PageServer, chromium: Browser
    ) -> None:
        """A client who enlarged the letters of the telephone still reads without scrolling aside."""
        token, _ = place(server, details=states.mixed())
        large = chromium.browser_type.launch(
            executable_path=shutil.which("chromium"),
            args=[*FLAGS, "--blink-settings=defaultFontSize=32"],
        )
        page = large.new_page(viewport=PHONE)

        page.goto(server.address(token))

        assert PHONE["width"] == page.evaluate("document.documentElement.scrollWidth")
        large.close()

    def test_shows_what_others_wrote_as_text(self, server: PageServer, page: Page) -> None:
        """A bank's name or a reason with markup in it stays words."""
        attack = "<img src=x onerror=alert(1)>"
        refused = states.refused("1", bank=attack, codes=("lender_X",), sentence=attack)
        token, _ = place(server, details=states.details(refused))

        page.goto(server.address(token))

        expect(page.get_by_role("listitem").get_by_text(attack)).to_be_visible()
        expect(page.locator("img")).to_have_count(0)

    def test_turns_dark_with_the_telephone(self, server: PageServer, chromium: Browser) -> None:
        """Paper is light by day and dark by night."""
        token, _ = place(server, details=states.mixed())
        paper = "getComputedStyle(document.body).backgroundColor"
        context = chromium.new_context(viewport=PHONE, color_scheme="dark")
        page = context.new_page()
        page.goto(server.address(token))
        dark = page.evaluate(paper)

        page.emulate_media(color_scheme="light")

        assert ("rgb(20, 23, 28)", "rgb(250, 248, 244)") == (dark, page.evaluate(paper))
        context.close()

    def test_can_be_walked_with_the_keyboard(self, server: PageServer, page: Page) -> None:
        """The first stop jumps to the content, the next ones are what can be signed."""
        token, _ = place(server, details=states.mixed())
        page.goto(server.address(token))

        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Ir para o conteúdo")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        expect(page.get_by_role("link", name="Ler e assinar").first).to_be_focused()

    def test_explains_an_address_that_nobody_knows(self, server: PageServer, page: Page) -> None:
        """An unknown token is a 404 with words and no script."""
        answer = page.goto(server.address(uuid4()))

        assert answer is not None
        assert 404 == answer.status
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Não encontramos esta formalização"
        )
        expect(page.locator("script")).to_have_count(0)
