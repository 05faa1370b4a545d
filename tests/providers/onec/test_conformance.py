"""1C keeps what every back office promises, however it is told."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from tramita.kit.outcome import Done, NotSent, Refused, Unknown
from tramita.providers.onec.plugin import provider
from tramita.testing.gateways import done
from tramita.testing.offices import BackOfficeSuite
from tramita.testing.scene import Scene, attempt
from tramita.testing.waiting import until
from tramita.transfers.ports import AgentTold, BackOffice, FilesTold, PaymentTold


class TestTheService(BackOfficeSuite):
    """Through the HTTP service in its base."""

    provider = provider
    troubles = {
        "missing_field": Unknown,
        "wrong_type": Unknown,
        "html_with_200": Unknown,
        "internal": Unknown,
        "locked": NotSent,
        "posting_refused": Refused,
    }
    # A document that was asked for is made a while later.
    own_time = ("document_made",)

    async def arrange(self, scene: Scene[BackOffice]) -> None:
        """Each call that is not answered keeps its session there for a while."""
        await scene.vendor.act(licences=1000)

    async def test_has_heard_a_word_on_money_that_its_own_has_overtaken(
        self, tmp_path: Path
    ) -> None:
        """Its people's word stays, and nobody takes ours for one that it has forgotten."""
        async with self.scene(tmp_path) as scene:
            gateway, sent = scene.gateway, await self.sent(scene)
            await scene.vendor.operate(
                "set_payment", external_id=sent.external_id, payment_status="funds_received"
            )
            told = PaymentTold(sent.external_id, 7, "client_sent", datetime.now(UTC))
            assert Done(None) == await gateway.set_payment_status(told, attempt())
            found = done(await gateway.find_application(sent.external_id, attempt()))
            written = await scene.vendor.effects()

        assert found is not None
        assert 7 == found.heard
        assert "funds_received" == written[-1]["data"]["payment"]


class TestOData(TestTheService):
    """Through its standard interface, whose requests share the time of the manifest's two."""

    provider = replace(provider, requests=6)
    settings: ClassVar[Mapping[str, Any]] = {"way": "odata"}

    async def test_says_the_newest_that_it_has_heard_of_two_words_at_once(
        self, tmp_path: Path
    ) -> None:
        """Whoever has read it before the other one wrote is turned away, also when only the number is another."""
        async with self.scene(tmp_path) as scene:
            gateway, sent = scene.gateway, await self.sent(scene)
            held = await scene.vendor.fail("answer_held", operation="odata_read", count=1)
            files = asyncio.create_task(
                gateway.set_files(FilesTold(sent.external_id, 4, ()), attempt())
            )
            await until(partial(scene.vendor.has_struck, held))
            agent = await gateway.set_agent(AgentTold(sent.external_id, 5, sent.agent), attempt())
            await scene.vendor.let_go(held)
            first = await files
            again = await gateway.set_files(FilesTold(sent.external_id, 4, ()), attempt())
            found = done(await gateway.find_application(sent.external_id, attempt()))

        assert Done(None) == agent == again
        assert isinstance(first, NotSent)
        assert found is not None
        assert 5 == found.heard


class TestODataInAtom(TestOData):
    """Of a platform that writes Atom whatever is asked for."""

    async def arrange(self, scene: Scene[BackOffice]) -> None:
        """It is an old one."""
        await scene.vendor.act(licences=1000, feeds="atom")
