"""The desk of whoever works in the simulated base, as a browser meets it."""

from pathlib import Path

import aiohttp

from tramita.providers.onec.plugin import provider
from tramita.testing.gateways import done
from tramita.testing.offices import BackOfficeSuite
from tramita.testing.scene import attempt, open_scene
from tramita.transfers.ports import BackOffice


class TestTheDesk:
    async def test_is_played_by_hand(self, tmp_path: Path) -> None:
        """Documents with what may be done about each; a deed that cannot be is told in place."""
        async with open_scene(provider, BackOffice, tmp_path, {}) as scene:
            base = scene.exchange.base_url
            async with aiohttp.ClientSession() as browser:

                async def press(**form: str) -> tuple[int, str]:
                    async with browser.post(f"{base}/desk/act", data=form) as page:
                        return page.status, await page.text()

                empty = await press(deed="form_conditions")
                made = done(
                    await scene.gateway.create_application(
                        BackOfficeSuite().application(), attempt()
                    )
                )
                form = {"external_id": made.external_id}
                priced = await press(**form, deed="form_conditions", rate="11.3", terms="")
                for deed in ("0", "1", "2", "6"):
                    await press(**form, deed=deed)
                nothing = await press(**form, deed="dance")
                _, shown = await press(deed="keep_copy")
            effects = [one["effect"] for one in await scene.vendor.effects()]

        assert [409, 200, 409] == [empty[0], priced[0], nothing[0]]
        assert made.number in shown
        assert "completed, оплата: funds_received" in shown
        assert {"conditions_formed", "application_in_work", "document_made"} <= set(effects)
