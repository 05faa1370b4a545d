"""The conformance suite of ``NumberInventory``."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tramita.numbering.ports import (
    Hold,
    HoldStatus,
    NumberInventory,
    Reservation,
    ReservationStatus,
    WantedNumbers,
)
from tramita.testing.gateways import ActingGatewaySuite, Method, done
from tramita.testing.scene import Scene, attempt


class NumberInventorySuite(ActingGatewaySuite[NumberInventory]):
    """``wanted`` is a hold that the simulator can give again and again."""

    port = NumberInventory
    wanted: ClassVar[WantedNumbers]

    async def hold(self, scene: Scene[NumberInventory]) -> Hold:
        """Numbers that are held."""
        return done(await scene.gateway.pre_reserve(self.wanted, attempt()))

    async def reservation(self, scene: Scene[NumberInventory]) -> Reservation:
        """A number that is reserved."""
        hold = await self.hold(scene)
        return done(await scene.gateway.reserve(hold.external_id, hold.msisdns[0], attempt()))

    def methods(self) -> Mapping[str, Method[NumberInventory]]:
        """All seven."""
        return {
            "pre_reserve": Method(
                lambda us, _, of: us.pre_reserve(self.wanted, of), is_act=True, was_done=_was_seen
            ),
            "reserve": Method(
                lambda us, hold, of: us.reserve(hold.external_id, hold.msisdns[0], of),
                self.hold,
                is_act=True,
                was_done=_was_seen,
            ),
            "release_hold": Method(
                lambda us, hold, of: us.release_hold(hold.external_id, of),
                self.hold,
                is_act=True,
                is_bare=True,
                was_done=_hold_has_ended,
            ),
            "release_reservation": Method(
                lambda us, reserved, of: us.release_reservation(reserved.reservation_id, of),
                self.reservation,
                is_act=True,
                is_bare=True,
                was_done=_reservation_has_ended,
            ),
            "find_request": Method(lambda us, key, of: us.find_request(key, of), self.key_of_hold),
            "find_hold": Method(lambda us, hold, of: us.find_hold(hold.external_id, of), self.hold),
            "find_reservation": Method(
                lambda us, reserved, of: us.find_reservation(reserved.msisdn, of),
                self.reservation,
            ),
        }

    async def key_of_hold(self, scene: Scene[NumberInventory]) -> str:
        """The key under which numbers were held."""
        asked = attempt()
        done(await scene.gateway.pre_reserve(self.wanted, asked))
        return asked.key


async def _was_seen(us: NumberInventory, _: Any, key: str) -> bool:
    return done(await us.find_request(key, attempt())) is not None


async def _hold_has_ended(us: NumberInventory, hold: Hold, _: str) -> bool:
    found = done(await us.find_hold(hold.external_id, attempt()))
    return found is None or found.status is not HoldStatus.HELD


async def _reservation_has_ended(us: NumberInventory, reserved: Reservation, _: str) -> bool:
    found = done(await us.find_reservation(reserved.msisdn, attempt()))
    return found is None or found.status is ReservationStatus.RELEASED
