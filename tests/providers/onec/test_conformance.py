"""1C keeps what every back office promises, however it is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from tramita.kit.outcome import NotSent, Refused, Unknown
from tramita.providers.onec.plugin import provider
from tramita.testing.offices import BackOfficeSuite
from tramita.testing.scene import Scene
from tramita.transfers.ports import BackOffice


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


class TestOData(TestTheService):
    """Through its standard interface, whose requests share the time of the manifest's two."""

    provider = replace(provider, requests=6)
    settings: ClassVar[Mapping[str, Any]] = {"way": "odata"}


class TestODataInAtom(TestOData):
    """Of a platform that writes Atom whatever is asked for."""

    async def arrange(self, scene: Scene[BackOffice]) -> None:
        """It is an old one."""
        await scene.vendor.act(licences=1000, feeds="atom")
