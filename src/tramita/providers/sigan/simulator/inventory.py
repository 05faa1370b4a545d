"""Everything that happens to numbers at this simulated Sigan, each effect with a ledger row.

Effects on a hold have its ``externalId`` as their subject, those on a number the number:
``numbers_held``, ``hold_released``, ``hold_expired``, ``number_reserved``,
``number_released``, ``number_activated``, ``number_returned``, ``number_forced``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from tramita.providers.sigan.simulator import errors
from tramita.providers.sigan.simulator.conditions import Conditions
from tramita.providers.sigan.simulator.offers import Offers, is_offerable
from tramita.providers.sigan.simulator.records import (
    Hold,
    HoldStatus,
    NumberState,
    Reservation,
    ReservationStatus,
)
from tramita.providers.sigan.simulator.stock import Stock, ddd_of
from tramita.simulation.agenda import Agenda
from tramita.simulation.front.asking import Refused
from tramita.simulation.world import World


@dataclass(slots=True)
class Inventory:
    """Stock, holds and reservations."""

    world: World
    conditions: Conditions
    agenda: Agenda
    stock: Stock = field(init=False)
    offers: Offers = field(init=False)
    holds: dict[str, Hold] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    # The reservation a number was last given to; an older one has no say over it.
    _last_of: dict[str, Reservation] = field(default_factory=dict)
    # The holds a held number is in; more than one only where Sigan has lost count.
    _holders: dict[str, set[str]] = field(default_factory=dict)
    _cooling_until: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put stock and offers together."""
        self.stock = Stock(self.world, self.conditions)
        self.offers = Offers(self.stock, self.conditions)

    def hold(
        self,
        ddd: str,
        quantity: int,
        *,
        span: timedelta,
        request_id: str,
        previous: Hold | None = None,
    ) -> Hold:
        """Hold numbers, giving ``previous`` up for them in the same moment or not at all."""
        spare = self._only_in(previous) if previous is not None and previous.ddd == ddd else []
        self._take_for_free(ddd, request_id)
        chosen = self.offers.choose(ddd, quantity, spare=spare)
        if previous is not None:
            self.release_hold(previous, request_id=request_id)
        now = self.world.clock.now()
        external_id = f"PR-{self.world.random.getrandbits(48):012X}"
        until = now + span
        hold = Hold(external_id, ddd, tuple(chosen), now, expires_at=until, shown_until=until)
        self.holds[external_id] = hold
        for msisdn in chosen:
            if is_offerable(self.stock.state_of(msisdn)):
                self.stock.put(msisdn, NumberState.HELD)
                self._holders.setdefault(msisdn, set()).add(external_id)
        self._expire_on_time(hold)
        self._note_hold("numbers_held", hold, request_id, previous=previous)
        return hold

    def end_hold_at(self, hold: Hold, at: datetime) -> None:
        """Let a hold end at another moment than it was made to; the past is at once."""
        hold.expires_at = max(at, self.world.clock.now())
        self._expire_on_time(hold)
        self.agenda.run()

    def release_hold(self, hold: Hold, *, request_id: str) -> None:
        """Give a hold's numbers back; one that has ended stays as it is."""
        if hold.status is HoldStatus.CONSUMED:
            raise Refused(errors.CONSUMED)
        if hold.status is HoldStatus.HELD:
            hold.status = HoldStatus.RELEASED
            self._let_go(hold)
            self._note_hold("hold_released", hold, request_id)

    def reserve(self, hold: Hold, msisdn: str, *, request_id: str) -> Reservation:
        """Reserve one number of a hold and give the others back; else raise ``Refused``."""
        if hold.status in (HoldStatus.EXPIRED, HoldStatus.RELEASED):
            raise Refused(errors.HOLD_EXPIRED)
        if hold.status is HoldStatus.CONSUMED:
            raise Refused(errors.HOLD_CONSUMED)
        if msisdn not in hold.msisdns:
            raise Refused(errors.NUMBER_NOT_IN_HOLD)
        is_ours = hold.external_id in self._holders.get(msisdn, ())
        if not is_ours or self.stock.state_of(msisdn) is not NumberState.HELD:
            raise Refused(errors.NUMBER_TAKEN)
        now = self.world.clock.now()
        reservation_id = f"RS-{self.world.random.getrandbits(48):012X}"
        reservation = Reservation(reservation_id, hold.external_id, msisdn, now)
        self.reservations[reservation_id] = self._last_of[msisdn] = reservation
        self.stock.put(msisdn, NumberState.RESERVED)
        del self._holders[msisdn]
        hold.status = HoldStatus.CONSUMED
        self._let_go(hold)
        self._note_number("number_reserved", reservation, request_id)
        return reservation

    def release(self, reservation: Reservation, *, request_id: str) -> None:
        """Give a reserved number back; a number that is another's by now stays that one's."""
        if reservation.status is ReservationStatus.ACTIVE:
            raise Refused(errors.ACTIVE)
        if reservation.status is ReservationStatus.RELEASED:
            return
        reservation.status = ReservationStatus.RELEASED
        msisdn = reservation.msisdn
        is_its_own = self._last_of[msisdn] is reservation
        if is_its_own and self.stock.state_of(msisdn) is NumberState.RESERVED:
            self._cool_down(msisdn)
        self._note_number("number_released", reservation, request_id)

    def activate(self, reservation: Reservation, *, request_id: str) -> None:
        """Have a reserved number in use."""
        reservation.status = ReservationStatus.ACTIVE
        self.stock.put(reservation.msisdn, NumberState.ACTIVE)
        self._note_number("number_activated", reservation, request_id)

    def force(self, msisdn: str, state: NumberState | None, *, request_id: str) -> None:
        """Put a number somewhere by hand, or out of the stock; no record is touched.

        There it stays: what was put to rest by hand does not wake up by itself.
        """
        self._holders.pop(msisdn, None)
        self._cooling_until.pop(msisdn, None)
        if state is None:
            self.stock.remove(msisdn)
        else:
            self.stock.put(msisdn, state)
        said = {"msisdn": msisdn, "state": state, "requestId": request_id}
        self.world.record("number_forced", subject=msisdn, request_id=request_id, data=said)

    def last_reservation_of(self, msisdn: str) -> Reservation | None:
        """The reservation that has, or had last, this number."""
        return self._last_of.get(msisdn)

    def forget(self) -> None:
        """Lose every record; every number is free again."""
        for records in (self.holds, self.reservations, self._last_of, self._holders):
            records.clear()
        self._cooling_until.clear()
        self.stock.forget()
        self.offers.forget()

    def _only_in(self, hold: Hold) -> list[str]:
        """The numbers that will be free once this hold is given up."""
        alone = {hold.external_id}
        return [msisdn for msisdn in hold.msisdns if self._holders.get(msisdn) == alone]

    def _let_go(self, hold: Hold) -> None:
        """Take a hold off its numbers; what is in no hold any more is free."""
        for msisdn in hold.msisdns:
            holders = self._holders.get(msisdn)
            if holders is None or hold.external_id not in holders:
                continue
            holders.discard(hold.external_id)
            if not holders:
                del self._holders[msisdn]
                self.stock.put(msisdn, NumberState.FREE)

    def _expire_on_time(self, hold: Hold) -> None:
        self.agenda.plan((hold.external_id, "end"), hold.expires_at, partial(self._expire, hold))

    def _expire(self, hold: Hold, at: datetime) -> None:
        if hold.status is HoldStatus.HELD and hold.expires_at == at:
            hold.status = HoldStatus.EXPIRED
            self._let_go(hold)
            self._note_hold("hold_expired", hold, "", at=at)

    def _cool_down(self, msisdn: str) -> None:
        seconds = self.conditions.cooling_seconds
        if not seconds:
            self.stock.put(msisdn, NumberState.FREE)
            return
        self.stock.put(msisdn, NumberState.COOLING)
        until = self.world.clock.now() + timedelta(seconds=seconds)
        self._cooling_until[msisdn] = until
        self.agenda.plan((msisdn, "rest"), until, partial(self._warm_up, msisdn))

    def _warm_up(self, msisdn: str, at: datetime) -> None:
        is_meant = self._cooling_until.get(msisdn) == at
        if is_meant and self.stock.state_of(msisdn) is NumberState.COOLING:
            del self._cooling_until[msisdn]
            self.stock.put(msisdn, NumberState.FREE)

    def _take_for_free(self, ddd: str, request_id: str) -> None:
        """Offer again what was reserved last or is in use, where conditions say so."""
        if self.conditions.offers_again == "nothing":
            return
        state = NumberState(self.conditions.offers_again.upper())
        for reservation in reversed(self.reservations.values()):
            msisdn = reservation.msisdn
            is_last = self._last_of[msisdn] is reservation
            if not is_last or ddd_of(msisdn) != ddd or self.stock.state_of(msisdn) is not state:
                continue
            if reservation.status is ReservationStatus.ACTIVE:
                reservation.status = ReservationStatus.RELEASED
                self._note_number("number_returned", reservation, request_id)
            self.force(msisdn, NumberState.FREE, request_id=request_id)
            self.offers.want(msisdn)
            return

    def _note_hold(
        self,
        effect: str,
        hold: Hold,
        request_id: str,
        *,
        previous: Hold | None = None,
        at: datetime | None = None,
    ) -> None:
        data = {
            "externalId": hold.external_id,
            "previousExternalId": None if previous is None else previous.external_id,
            "ddd": hold.ddd,
            "msisdns": list(hold.msisdns),
            "expiresAt": hold.expires_at.isoformat(),
            "requestId": request_id,
        }
        self.world.ledger.record(
            effect,
            subject=hold.external_id,
            request_id=request_id,
            at=at or self.world.clock.now(),
            data=data,
        )

    def _note_number(self, effect: str, reservation: Reservation, request_id: str) -> None:
        data = {
            "externalId": reservation.external_id,
            "reservationId": reservation.reservation_id,
            "msisdn": reservation.msisdn,
            "requestId": request_id,
        }
        self.world.record(effect, subject=reservation.msisdn, request_id=request_id, data=data)
