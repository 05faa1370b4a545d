"""Our client and the simulated Sigan on real sockets: two readings of one assumed API.

The simulator shares no code with what it answers here, so a slip in a path, a field's
name or a code shows as an outcome that nobody promised.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import aiohttp
import pytest

from tests.kept_simulators import SIMULATORS
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Exchange
from tramita.kit.outcome import Done, Outcome, Refused, Unknown
from tramita.kit.provider import Connection
from tramita.kit.settings import Settings
from tramita.numbering.ports import (
    FoundHold,
    FoundRequest,
    FoundReservation,
    Hold,
    HoldStatus,
    InventoryRefusal,
    NumberInventory,
    Reservation,
    ReservationStatus,
    WantedNumbers,
)
from tramita.providers.sigan.plugin import provider
from tramita.providers.sigan.settings import SiganSettings
from tramita.providers.sigan.simulator import errors, make_simulator
from tramita.providers.sigan.translate import SiganCode, refusal_of
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.testing.control import VendorControl

T = TypeVar("T")

WANTED = WantedNumbers("55", "a brand", 3, timedelta(minutes=16))
NOBODYS = "5555912345678"
SAYS_NO = [code for code in SiganCode if code is not SiganCode.UNAUTHORIZED]


def attempt(key: str = "") -> Attempt:
    """An attempt at an operation of its own, unless it is told which."""
    return Attempt(uuid4(), key or uuid4().hex)


@dataclass
class Talk:
    """One carrier's gateway, and the simulator's control plane beside it."""

    us: NumberInventory
    sigan: VendorControl

    async def fail(self, kind: str, **arguments: Any) -> None:
        """Make the next request fail so."""
        await self.sigan.fail(kind, operation=None, arguments=arguments)

    async def hold(self) -> Hold:
        """Three numbers that are held."""
        return done(await self.us.pre_reserve(WANTED, attempt()))

    async def reservation(self) -> Reservation:
        """A number that is reserved."""
        hold = await self.hold()
        return done(await self.us.reserve(hold.external_id, hold.msisdns[0], attempt()))


def done(outcome: Outcome[T]) -> T:
    """What a call that went well says."""
    assert isinstance(outcome, Done), outcome
    return outcome.value


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """The gateway of the plugin's manifest, and a fresh Sigan."""
    async with AsyncExitStack() as stack:
        simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=tmp_path))
        url = await stack.enter_async_context(running_simulators([simulator]))
        exchange = Exchange("sigan", f"{url}/sigan", deadline=timedelta(seconds=30), reads=1 << 20)
        await stack.enter_async_context(exchange)
        gateway: Any = provider.ports[NumberInventory](
            Connection(exchange, SiganSettings(), Settings())
        )
        session = await stack.enter_async_context(aiohttp.ClientSession(url))
        yield Talk(gateway, VendorControl(session, "sigan"))


class TestAHold:
    async def test_is_what_was_asked_for(self, talk: Talk) -> None:
        """Three distinct mobiles of the area code, in the trap that 55 is one, too."""
        hold = await talk.hold()

        assert (3, ()) == (len(set(hold.msisdns)), hold.faults)
        assert {"55559"} == {msisdn[:5] for msisdn in hold.msisdns}
        assert hold.expires_at is not None

    async def test_is_shown_as_it_stands(self, talk: Talk) -> None:
        """Held, then given back, and once more without harm."""
        hold = await talk.hold()

        before = await talk.us.find_hold(hold.external_id, attempt())
        released = [await talk.us.release_hold(hold.external_id, attempt()) for _ in range(2)]
        after = await talk.us.find_hold(hold.external_id, attempt())

        assert [Done(None), Done(None)] == released
        assert Done(FoundHold(hold.external_id, HoldStatus.HELD, hold.msisdns)) == before
        assert HoldStatus.RELEASED == getattr(done(after), "status", None)

    async def test_takes_the_place_of_the_previous(self, talk: Talk) -> None:
        """The numbers that were not chosen go back."""
        first = await talk.hold()
        wanted = WantedNumbers("55", "a brand", 3, WANTED.hold, first.external_id)

        second = done(await talk.us.pre_reserve(wanted, attempt()))

        found = done(await talk.us.find_hold(first.external_id, attempt()))
        assert second.external_id != first.external_id
        assert HoldStatus.RELEASED == getattr(found, "status", None)

    @pytest.mark.parametrize(
        ("kind", "arguments", "good", "fault"),
        [
            ("fewer_numbers", {}, 2, "2 numbers instead of 3"),
            ("no_numbers", {}, 0, "0 numbers instead of 3"),
            ("duplicate_numbers", {}, 2, "is there twice"),
            ("wrong_ddd", {"position": 0}, 2, "is of area code 11, not 55"),
            ("twelve_digits", {"position": 1}, 2, "(55)"),
            ("with_plus", {"position": 2}, 2, "begins with a plus"),
            ("letters", {"every": True}, 0, "is not 55, an area code, 9 and eight digits"),
            ("fixed_line", {"position": 0}, 2, "is a fixed line"),
        ],
    )
    async def test_names_what_is_wrong_with_it(
        self, talk: Talk, kind: str, arguments: dict[str, Any], good: int, fault: str
    ) -> None:
        """The good numbers and the id are known all the same."""
        await talk.fail(kind, **arguments)

        hold = await talk.hold()

        assert good == len(hold.msisdns)
        assert fault in " ".join(hold.faults)
        assert hold.external_id

    async def test_of_an_area_code_that_is_not_is_refused(self, talk: Talk) -> None:
        """Sigan has the last word on area codes."""
        wanted = WantedNumbers("23", "a brand", 3, WANTED.hold)

        outcome = await talk.us.pre_reserve(wanted, attempt())

        assert isinstance(outcome, Refused)
        assert InventoryRefusal.INVALID_DDD == outcome.code


class TestAReservation:
    async def test_is_found_by_its_number_and_given_back_by_its_id(self, talk: Talk) -> None:
        """From the shop to the customer and back."""
        reservation = await talk.reservation()
        us, rid, msisdn = talk.us, reservation.reservation_id, reservation.msisdn

        before = await us.find_reservation(msisdn, attempt())
        released = [await us.release_reservation(rid, attempt()) for _ in range(2)]
        after = await us.find_reservation(msisdn, attempt())

        assert [Done(None), Done(None)] == released
        assert Done(FoundReservation(rid, msisdn, ReservationStatus.RESERVED)) == before
        assert Done(FoundReservation(rid, msisdn, ReservationStatus.RELEASED)) == after

    async def test_under_the_same_key_is_the_same(self, talk: Talk) -> None:
        """A request that comes again is answered as it was, and done once."""
        hold = await talk.hold()

        first, second = [
            await talk.us.reserve(hold.external_id, hold.msisdns[1], attempt("a key"))
            for _ in range(2)
        ]

        assert done(first) == done(second)

    async def test_of_a_hold_that_was_used_is_refused(self, talk: Talk) -> None:
        """One number of each hold."""
        hold = await talk.hold()
        done(await talk.us.reserve(hold.external_id, hold.msisdns[0], attempt()))

        again = await talk.us.reserve(hold.external_id, hold.msisdns[1], attempt())
        released = await talk.us.release_hold(hold.external_id, attempt())

        assert InventoryRefusal.HOLD_CONSUMED == getattr(again, "code", again)
        assert InventoryRefusal.HOLD_CONSUMED == getattr(released, "code", released)

    async def test_of_a_number_of_no_hold_is_refused(self, talk: Talk) -> None:
        """The number must be one that was shown."""
        hold = await talk.hold()

        unheard = await talk.us.reserve("H-none", NOBODYS, attempt())
        foreign = await talk.us.reserve(hold.external_id, NOBODYS, attempt())
        await talk.sigan.operate("expire_hold", external_id=hold.external_id)
        late = await talk.us.reserve(hold.external_id, hold.msisdns[0], attempt())

        assert [
            InventoryRefusal.HOLD_NOT_FOUND,
            InventoryRefusal.NUMBER_NOT_IN_HOLD,
            InventoryRefusal.HOLD_EXPIRED,
        ] == [getattr(outcome, "code", outcome) for outcome in (unheard, foreign, late)]

    async def test_in_use_is_not_given_back(self, talk: Talk) -> None:
        """A customer calls with it."""
        reservation = await talk.reservation()
        await talk.sigan.operate("activate", reservation_id=reservation.reservation_id)

        outcome = await talk.us.release_reservation(reservation.reservation_id, attempt())

        assert InventoryRefusal.RESERVATION_ACTIVE == getattr(outcome, "code", outcome)


class TestARequest:
    async def test_is_told_by_what_it_made(self, talk: Talk) -> None:
        """A hold, a reservation, or nothing."""
        hold = done(await talk.us.pre_reserve(WANTED, attempt("holding")))
        reserved = await talk.us.reserve(hold.external_id, hold.msisdns[0], attempt("reserving"))
        await talk.us.reserve(hold.external_id, hold.msisdns[0], attempt("once more"))

        found = [
            done(await talk.us.find_request(key, attempt()))
            for key in ("holding", "reserving", "once more", "never")
        ]

        assert [
            FoundRequest(hold.external_id),
            FoundRequest(hold.external_id, done(reserved).reservation_id),
            FoundRequest(is_refused=True),
            None,
        ] == found

    async def test_is_not_never_seen_where_nothing_can_be_asked(self, talk: Talk) -> None:
        """A missing question is no answer."""
        await talk.sigan.operate("set", query_available=False)

        assert isinstance(await talk.us.find_request("never", attempt()), Refused)
        assert isinstance(await talk.us.find_hold("H-none", attempt()), Refused)
        assert isinstance(await talk.us.find_reservation(NOBODYS, attempt()), Refused)

    async def test_after_a_restart_without_memory_was_never_seen(self, talk: Talk) -> None:
        """Sigan forgot, and gives back without complaint what it does not know."""
        reservation = await talk.reservation()
        await talk.sigan.operate("restart", memory=False)

        released = await talk.us.release_reservation(reservation.reservation_id, attempt())

        assert Done(None) == released
        assert Done(None) == await talk.us.find_reservation(reservation.msisdn, attempt())


class TestABadDay:
    @pytest.mark.parametrize(
        ("kind", "arguments", "expected"),
        [
            ("missing_field", {"path": "externalId"}, Unknown),
            ("wrong_content_type", {}, Unknown),
            ("business_error_in_200", {"code": "INSUFFICIENT_STOCK"}, Refused),
            ("insufficient_stock", {}, Refused),
            ("request_replayed", {}, Done),
        ],
    )
    async def test_is_one_of_the_outcomes(
        self, talk: Talk, kind: str, arguments: dict[str, Any], expected: type
    ) -> None:
        """Nothing that Sigan may do is an exception here."""
        await talk.fail(kind, **arguments)

        assert isinstance(await talk.us.pre_reserve(WANTED, attempt()), expected)

    async def test_has_a_word_for_every_no(self, talk: Talk) -> None:
        """Both sides spell the codes alike, those inside a 200 too."""
        heard = []
        for code in SAYS_NO:
            await talk.fail("business_error_in_200", code=code)
            outcome = await talk.us.pre_reserve(WANTED, attempt())
            heard.append(getattr(outcome, "code", outcome))

        assert [refusal_of(code) for code in SAYS_NO] == heard

    def test_knows_the_codes_that_the_client_knows(self) -> None:
        """None of the simulator's refusals is a stranger to us, nor one of ours to it."""
        assert set(errors.BY_CODE) == set(SAYS_NO)
