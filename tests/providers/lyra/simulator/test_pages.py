"""The page where a payer writes a card's number, as a browser meets it."""

from pathlib import Path

import aiohttp
import pytest

from tramita.payments.ports import Payer, PaymentBackend
from tramita.providers.lyra.plugin import provider
from tramita.testing.gateways import done
from tramita.testing.scene import attempt, open_scene

ASKS, PAYS = "4970100000000048", "4970100000000014"


class TestTheForm:
    @pytest.mark.parametrize(("code", "title"), [("1234", "done"), ("0000", "Save a card")])
    async def test_of_a_card_with_3d_secure_asks_first(
        self, tmp_path: Path, code: str, title: str
    ) -> None:
        """A wrong code leaves it open."""
        async with open_scene(provider, PaymentBackend, tmp_path, {}) as scene:
            form = done(await scene.gateway.tokenize_card(Payer("p-1", "a@example.org"), attempt()))
            assert form.url is not None
            async with aiohttp.ClientSession() as browser:
                written = {"number": ASKS, "expiry": "12/99"}
                async with browser.post(form.url, data=written) as page:
                    assert "Your bank asks who you are" in await page.text()
                async with browser.post(f"{form.url}/prove", data={"code": code}) as page:
                    shown = await page.text()
            saved = await scene.vendor.ledger("card_saved")

        assert title in shown
        assert (title == "done") == bool(saved)

    async def test_of_nobody_is_not_there(self, tmp_path: Path) -> None:
        """Whoever guesses one sees no form."""
        async with open_scene(provider, PaymentBackend, tmp_path, {}) as scene:
            base = scene.exchange.base_url
            async with aiohttp.ClientSession() as browser:
                async with browser.get(f"{base}/pay/nobodys") as page:
                    shown = page.status
                written = {"number": PAYS, "expiry": "12/99"}
                async with browser.post(f"{base}/pay/nobodys", data=written) as page:
                    pressed = page.status

        assert (404, 409) == (shown, pressed)
