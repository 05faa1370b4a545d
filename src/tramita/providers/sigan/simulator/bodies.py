"""Bodies of answers about holds and reservations; times are UTC, written as ISO 8601."""

from tramita.providers.sigan.simulator.records import Hold, Reservation

Body = dict[str, object]


def hold_body(hold: Hold) -> Body:
    """A pre-reservation as it is answered and shown."""
    return {
        "externalId": hold.external_id,
        "ddd": hold.ddd,
        "status": hold.status.value,
        "numbers": [
            {"position": position, "msisdn": msisdn} for position, msisdn in enumerate(hold.msisdns)
        ],
        "expiresAt": hold.shown_until.isoformat(),
    }


def reservation_body(reservation: Reservation) -> Body:
    """A reservation as it is answered and shown."""
    return {
        "reservationId": reservation.reservation_id,
        "externalId": reservation.external_id,
        "msisdn": reservation.msisdn,
        "status": reservation.status.value,
        "reservedAt": reservation.reserved_at.isoformat(),
    }
