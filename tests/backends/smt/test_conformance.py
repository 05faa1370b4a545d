"""SMT keeps what every gateway, and everybody who takes messages, promises."""

from collections.abc import Callable, Mapping

from tramita.backends.smt.gateway import SMTGateway
from tramita.backends.smt.journey import _read_callback
from tramita.backends.smt.model import ServiceStatus, Subscriber
from tramita.backends.smt.plugin import backend
from tramita.kit.identifiers import new_id
from tramita.kit.provider import Provider
from tramita.testing.gateways import ActingGatewaySuite, Method, done
from tramita.testing.messages import MessageSuite
from tramita.testing.scene import Scene, attempt


def _provider() -> Provider:
    assert backend.provider is not None
    return backend.provider


async def subscribed(scene: Scene[SMTGateway]) -> Subscriber:
    """A contract that is a subscriber there."""
    contract_id = new_id()
    new = Subscriber(contract_id, "C-1", is_active=True, subscriber_id=None)
    news = done(await scene.gateway.create_subscriber(new, attempt()))
    return Subscriber(contract_id, "C-1", is_active=True, subscriber_id=news.subscriber_id)


class TestSMT(ActingGatewaySuite[SMTGateway]):
    """What a plugin without an area's port declares of its own methods."""

    provider = _provider()
    port = SMTGateway
    # A moment after an activation was accepted, the service runs.
    own_time = ("service_active",)

    async def contract(self, _: Scene[SMTGateway]) -> Subscriber:
        """One that SMT has not heard of."""
        return Subscriber(new_id(), "C-1", is_active=True, subscriber_id=None)

    def methods(self) -> Mapping[str, Method[SMTGateway]]:
        """All four."""
        return {
            "create_subscriber": Method(
                lambda us, who, of: us.create_subscriber(who, of),
                self.contract,
                is_act=True,
                was_done=lambda us, who, _: is_at(us, who, *ServiceStatus),
            ),
            "activate_service": Method(
                lambda us, who, of: us.activate_service(who, of),
                subscribed,
                is_act=True,
                was_done=lambda us, who, _: is_at(
                    us, who, ServiceStatus.ACTIVATING, ServiceStatus.ACTIVE
                ),
            ),
            "remove_subscriber": Method(
                lambda us, who, of: us.remove_subscriber(who, of),
                subscribed,
                is_act=True,
                is_bare=True,
                was_done=lambda us, who, _: is_at(us, who, ServiceStatus.REMOVED),
            ),
            "find_subscriber": Method(lambda us, who, of: us.find_subscriber(who, of), subscribed),
        }


async def is_at(us: SMTGateway, who: Subscriber, *statuses: ServiceStatus) -> bool:
    """Whether SMT shows a contract in one of these."""
    found = done(await us.find_subscriber(who, attempt()))
    return found is not None and found.status in statuses


class TestTheCallbacks(MessageSuite[SMTGateway]):
    """A service that runs is told of."""

    provider = _provider()
    port = SMTGateway

    async def provoke(self, scene: Scene[SMTGateway]) -> None:
        """Turn a service on."""
        await scene.gateway.activate_service(await subscribed(scene), attempt())

    def reader(self, _: Scene[SMTGateway]) -> Callable[[bytes], object]:
        """The journey's."""
        return _read_callback
