"""A number reserved from a preview in two statements, beside the call to the provider.

What almost every caller meets: the preview is held, and nobody knew the number before. Whatever
else is the case, the first statement does nothing, and the ordinary way (``reserving``) finds out
what it is; the second knows only what is reserved. Both write what the ordinary way
would, to the letter, and lock in its order: preview and number; operation, number and preview.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.bounds import Bounds
from tramita.kit.database.statement import Statement
from tramita.kit.idempotency import KEPT_CLAIM, NAMED, claim_arguments
from tramita.kit.identifiers import new_id
from tramita.kit.operations.at_once import DONE
from tramita.kit.operations.ledger import BEGUN
from tramita.kit.operations.paused import is_paused
from tramita.numbering.lifecycle import NUMBER, NumberTrigger
from tramita.numbering.lifecycle import NumberStatus as S
from tramita.numbering.numbers.rows import NUMBERS

# What the key of the operation begins with.
CLAIMED: Final = "reserve"

CLAIM: Final = Statement(f"""
    WITH {KEPT_CLAIM}, held AS (
        SELECT p.id, p.external_id, p.carrier, n.msisdn, w.hold_until
        FROM preview AS p JOIN preview_number AS n ON n.preview_id = p.id
        JOIN pre_reservation AS w ON w.id = p.id
        WHERE p.id = :preview AND n.idx = :index AND EXISTS (SELECT FROM kept_claim)
          AND p.expires_at >= tramita_now() + :min_remaining::interval
          AND p.superseded_by IS NULL AND p.released_at IS NULL
          AND p.reserving_number_id IS NULL AND p.reserved_msisdn IS NULL
          AND (:sees_all::boolean OR p.carrier IS NOT DISTINCT FROM :carrier::text)
          AND NOT {is_paused(":provider::text", ":kind::text")}
        FOR UPDATE OF p
    ), number AS (
        INSERT INTO phone_number (id, msisdn, origin, status, epoch, carrier, pre_reservation_id,
                                  provider_release, created_at, updated_at)
        SELECT :number, msisdn, 'VIVO', '{NUMBER.initial}', 1, carrier, id, 'NOT_NEEDED',
               tramita_now(), tramita_now()
        FROM held ON CONFLICT (msisdn) DO NOTHING RETURNING id, epoch
    ), reserving AS (
        UPDATE preview AS p SET reserving_number_id = number.id FROM held, number
        WHERE p.id = held.id
    ), wanted AS (
        SELECT number.id AS subject_id, held.id AS of_whom,
               '{CLAIMED}:' || number.id || ':' || number.epoch AS key
        FROM held, number
    ), {BEGUN}, {NAMED}
    SELECT begun.*, tramita_now() AS taken_at, held.msisdn, held.external_id, held.hold_until
    FROM begun, held
""")  # noqa: S608 - put together from what is ours


def claim_of(
    preview_id: UUID, index: int, *, caller: Bounds, min_remaining: timedelta
) -> dict[str, object]:
    """The arguments of ``CLAIM``."""
    return {
        "preview": preview_id,
        "index": index,
        "min_remaining": min_remaining,
        "sees_all": caller.is_all_carriers,
        "carrier": caller.carrier,
        "number": new_id(),
        **claim_arguments(),
    }


_RESERVED: Final = NUMBER.next(S.RESERVING, NumberTrigger.CONFIRM)

CONFIRM: Final = Statement(f"""
    WITH {DONE}, reserved AS (
        UPDATE phone_number AS t SET
            status = '{_RESERVED}', reservation_id = :reference, reserved_until = :until,
            prior_status = NULL, carrier = w.carrier, assigned_sim_id = NULL,
            provider_release = 'NOT_NEEDED'
        FROM done, pre_reservation AS w
        WHERE t.id = done.subject_id AND t.status = '{S.RESERVING}' AND w.id = t.pre_reservation_id
        RETURNING t.id, t.msisdn, t.pre_reservation_id
    ), reserved_kept AS (
        {NUMBERS.history("reserved", S.RESERVING, NumberTrigger.CONFIRM)}
    ), consumed AS (
        UPDATE preview AS p SET reserved_msisdn = reserved.msisdn, reserving_number_id = NULL
        FROM reserved
        WHERE p.id = reserved.pre_reservation_id AND p.reserving_number_id = reserved.id
    )
    SELECT id FROM done
""")  # noqa: S608 - put together from what is ours
