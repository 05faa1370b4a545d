"""QI Tech as a whole: its paths, its keys, its clerks and whoever runs it."""

from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey
from litestar import HttpMethod
from litestar.datastructures import UploadFile
from litestar.types import ControllerRouterHandler

from tramita.providers.qitech.simulator import acts
from tramita.providers.qitech.simulator.bending import KINDS
from tramita.providers.qitech.simulator.browsing import browser_routes
from tramita.providers.qitech.simulator.conditions import Conditions
from tramita.providers.qitech.simulator.desk import prepare
from tramita.providers.qitech.simulator.office import Office
from tramita.providers.qitech.simulator.scenarios import SCENARIOS
from tramita.providers.qitech.simulator.seal import UPLOAD, Seal, is_file
from tramita.providers.qitech.simulator.voice import QITechVoice
from tramita.providers.qitech.simulator.webhooks import BUTTONS as WEBHOOK_BUTTONS
from tramita.providers.qitech.simulator.webhooks import Announcement, Webhooks
from tramita.providers.qitech.simulator.webhooks_seal import WebhookSeal
from tramita.simulation.front.asking import Asking, Task
from tramita.simulation.front.orders import Order, Shown
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.keys import ensure_key_pair
from tramita.simulation.routes import HTTPRequest
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

_KEY = "/v2/credit_transfer/proposal/{key:str}"
_GROUP = "/document/document_batch_group"
_EVENTS = "/notification/events"


class QITech(Vendor):
    """The vendor; its keys are made under ``<keys_directory>/qitech``."""

    key = "qitech"
    title = "QI Tech"
    table = (
        (HttpMethod.POST, "/v2/credit_transfer/proposal", "create_proposal"),
        (HttpMethod.POST, "/v2/credit_transfer/proposal_simulation", "simulate_proposal"),
        (HttpMethod.GET, "/v2/credit_transfer/proposal", "find_proposals"),
        (HttpMethod.GET, "/v2/credit_transfer/proposal/{key:str}", "read_proposal"),
        (HttpMethod.PATCH, "/v2/credit_transfer/proposal/{key:str}", "update_proposal"),
        (HttpMethod.POST, f"{_KEY}/portability_credit_operation/signature", "sign"),
        (
            HttpMethod.POST,
            f"{_KEY}/related_party/{{other_key:str}}/attached_document",
            "attach_document",
        ),
        (HttpMethod.PUT, f"{_KEY}/refinancing_credit_operation", "correct_refinancing"),
        (HttpMethod.GET, f"{_KEY}/portability_credit_operation/collateral", "read_collateral"),
        (HttpMethod.GET, f"{_KEY}/refinancing_credit_operation/collateral", "read_collateral"),
        (
            HttpMethod.POST,
            "/v2/credit_operation/{key:str}/recalculate_portability",
            "recalculate",
        ),
        (HttpMethod.GET, "/v2/credit_transfer/participants", "list_participants"),
        (HttpMethod.POST, "/upload", "upload_document"),
        (HttpMethod.POST, _GROUP, "open_group"),
        (HttpMethod.GET, f"{_GROUP}/{{key:str}}", "read_group"),
        (HttpMethod.PUT, f"{_GROUP}/{{key:str}}/send_to_signature", "send_group"),
        (
            HttpMethod.DELETE,
            f"{_GROUP}/{{key:str}}/operation/{{other_key:str}}",
            "remove_from_group",
        ),
        (HttpMethod.POST, "/social_security/balance_request", "balance_request"),
        (HttpMethod.POST, "/mock/credit_transfer/ctc", "mock_ctc"),
        (HttpMethod.GET, "/document/{key:str}/url", "read_document_url"),
        (HttpMethod.GET, _EVENTS, "list_events"),
        (HttpMethod.PATCH, f"{_EVENTS}/{{key:str}}/callbacks/{{other_key:str}}", "resend_event"),
        (HttpMethod.GET, "/test/{key:str}", "test"),
        (HttpMethod.POST, "/test/{key:str}", "test"),
    )
    kinds = KINDS
    # The one API client this vendor knows, unless the settings name another.
    demo_token = "a1c0e7d2-0000-4000-8000-000000000001"
    buttons = (*acts.BUTTONS, *WEBHOOK_BUTTONS)
    scenarios = SCENARIOS
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        keys = settings.keys_directory / self.key
        self.seals = Seal(
            api_key=self.token,
            client=ECKey.import_key(ensure_key_pair(keys, "client").public_pem),
            provider=ECKey.import_key(ensure_key_pair(keys, "provider").private_pem),
            stranger=ECKey.generate_key("P-521", auto_kid=False),
            clock=self.world.clock,
        )
        seal = WebhookSeal(self.seals, self.conditions)
        self.webhooks = Webhooks(self.world, seal, self.conditions)
        self.world.post_office.subscribe_by_default(settings.webhook_url(self.key))
        self.office = Office(self.world, self.webhooks, self.conditions, self.agenda)

    def voice(self, asking: Asking) -> QITechVoice:
        """Signed, in the generation of the request."""
        return QITechVoice(self.office, self.seals, asking)

    def prepare(self, asking: Asking) -> Task:
        """Ask the clerk who sees to it."""
        return prepare(self.office, asking)

    def orders(self) -> Mapping[str, Order[Any]]:
        """What the operator can be told; other people's acts are not orders."""
        return {
            **super().orders(),
            "set": Order(dict[str, object], self._set),
            "announce": Order(Announcement, self.webhooks.announce),
        }

    def act(self, order: Mapping[str, object]) -> Shown:
        """Have the operator, or anybody around a proposal, act."""
        if order.get("actor") == "operator":
            return super().act(order)
        return acts.act(self.office, order)

    def shown(self) -> Shown:
        """Records in numbers, and conditions."""
        return {"proposals": len(self.office.book), **self.conditions.shown()}

    def forget(self) -> None:
        """Lose every record."""
        self.office.forget()

    def routes(self) -> list[ControllerRouterHandler]:
        """The signed API, and the addresses that people open in a browser."""
        return [*super().routes(), *browser_routes(self.office)]

    async def body_of(self, request: HTTPRequest, operation: str) -> bytes:
        """The uploaded bytes, in the field of either of the two public pages; else the body."""
        if operation != UPLOAD:
            return await request.body()
        form = await request.form()
        sent = form.get("file") or form.get("files")
        return await sent.read() if isinstance(sent, UploadFile) else b""

    def journalled(self, asking: Asking) -> bytes:
        """A picture is only counted."""
        return b"a file of %d bytes" % len(asking.body) if is_file(asking) else asking.body

    def _set(self, wanted: Mapping[str, object]) -> None:
        was_automatic = self.conditions.is_automatic
        self.conditions.set(wanted)
        if self.conditions.is_automatic and not was_automatic:
            self.office.course.start()
        if was_automatic and not self.conditions.is_automatic:
            self.office.course.stop()


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """QI Tech on loopback."""
    return QITech(settings).simulator()
