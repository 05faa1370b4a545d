"""The invariants of numbering, held against the database and the provider.

I1 asks the provider about every number we know and every hold that should have led to
nothing; the question changes nothing there. Where it is not answered, the promise is
reported as not verified, never as kept. I8, that no number stands in a log, is held by the
test suite.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.findings import Difference, Finding, Verdict, Word, ask_about, find_broken, judge
from tramita.kit.masking_shapes import mask_phone
from tramita.kit.operations.lifecycle import OUR_TURN, OperationState
from tramita.kit.operations.standing import has_operation, in_states
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.numbering.contracts.lifecycle import LINE, LineState, LineTrigger, way_to
from tramita.numbering.lifecycle import OURS, NumberStatus, ProviderRelease
from tramita.numbering.ports import HoldStatus, NumberInventory, ReservationStatus
from tramita.numbering.provider import PROVIDER

# Operations of every kind that numbering has.
_OUR_KINDS: Final = "LIKE 'numbering.%'"


@dataclass(frozen=True, slots=True)
class _Known:
    """A number as it stands here; ``is_open``: an operation about it is still to be settled."""

    id: UUID
    msisdn: str
    status: str
    reservation_id: str | None
    provider_release: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Unused:
    """A hold from which nothing was reserved, as far as we know."""

    id: UUID
    external_id: str


async def check_numbering(runtime: Runtime, *, newest: int | None = None) -> list[Finding]:
    """Every invariant of numbering, in order, with what breaks it.

    With ``newest`` the provider is asked about so many numbers and so many holds at most,
    the newest ones.
    """
    async with runtime.database.unit_of_work(actor="check") as work:
        known = await _find_known(work, newest)
        unused = await _find_unused(work, newest)
        findings = [await find_broken(work, *one) for one in _STATEMENTS]
    return [await _compare(runtime, known, unused), *findings]


async def count_numbering(runtime: Runtime) -> dict[str, int]:
    """How many numbers stand where, and how many previews can be chosen from."""
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            """
            SELECT status AS place, count(*) AS n FROM phone_number GROUP BY status
            UNION ALL SELECT 'previews to choose from', count(*) FROM preview
            WHERE expires_at > tramita_now() AND reserved_msisdn IS NULL
              AND superseded_by IS NULL AND released_at IS NULL
            ORDER BY place
            """
        )
    return {row["place"]: row["n"] for row in rows}


async def _find_known(work: UnitOfWork, newest: int | None) -> list[_Known]:
    rows = await work.fetch(
        f"""
        SELECT t.id, t.msisdn, t.status, t.reservation_id, t.provider_release,
               {has_operation("t.id", _OUR_KINDS)} AS is_open
        FROM phone_number AS t ORDER BY t.id DESC LIMIT $1
        """,  # noqa: S608 - constants
        newest,
    )
    return [_Known(**row) for row in rows]


async def _find_unused(work: UnitOfWork, newest: int | None) -> list[_Unused]:
    rows = await work.fetch(
        """
        SELECT w.id, w.external_id FROM pre_reservation AS w
        WHERE w.external_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM operations AS o WHERE o.kind = 'numbering.reserve_number'
                          AND o.reference IS NOT NULL AND o.subject_id IN (
                              SELECT id FROM phone_number WHERE pre_reservation_id = w.id))
          AND NOT EXISTS (SELECT FROM preview AS p WHERE p.id = w.id
                          AND (p.reserved_msisdn IS NOT NULL OR p.reserving_number_id IS NOT NULL))
          AND NOT EXISTS (SELECT FROM phone_number AS t WHERE t.pre_reservation_id = w.id)
        ORDER BY w.id DESC LIMIT $1
        """,
        newest,
    )
    return [_Unused(**row) for row in rows]


async def _compare(runtime: Runtime, known: Sequence[_Known], unused: Sequence[_Unused]) -> Finding:
    """I1: what is reserved at the provider for us is ours here, and the other way round."""
    about = [*known, *unused]
    unasked = runtime.missing(PROVIDER)
    words = (
        [Verdict.NOT_VERIFIED] * len(about)
        if unasked
        else await ask_about(about, partial(_ask, runtime))
    )
    promise = "What the provider has reserved for us is ours here, and only that"
    return judge("I1", promise, words, unasked)


async def _ask(runtime: Runtime, one: _Known | _Unused) -> Word:
    gateway, attempt = runtime.gateway(NumberInventory, PROVIDER), Attempt(one.id, "check")
    if isinstance(one, _Unused):
        return await _ask_about_hold(runtime, gateway, one, attempt)
    match await gateway.find_reservation(one.msisdn, attempt):
        case Done(found):
            there = None if found is None else found.status
            is_same = found is not None and found.reservation_id == one.reservation_id
            sentence = _disagreement(one, there, is_same=is_same)
            return Difference(mask_phone(one.msisdn), sentence) if sentence else Verdict.KEPT
        case _:
            return Verdict.NOT_VERIFIED


async def _ask_about_hold(
    runtime: Runtime, gateway: NumberInventory, one: _Unused, attempt: Attempt
) -> Word:
    match await gateway.find_hold(one.external_id, attempt):
        case Done(found) if found is not None and found.status is HoldStatus.CONSUMED:
            if await _is_known(runtime, found.msisdns):
                return Verdict.KEPT  # Reserved anew since, or given back: asked about by itself.
            return Difference(one.external_id, "a number of it is reserved there, none here")
        case Done():
            return Verdict.KEPT
        case _:
            return Verdict.NOT_VERIFIED


async def _is_known(runtime: Runtime, msisdns: Sequence[str]) -> bool:
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            "SELECT FROM phone_number WHERE msisdn = ANY($1::text[]) LIMIT 1", list(msisdns)
        )
    return bool(rows)


def _disagreement(one: _Known, there: ReservationStatus | None, *, is_same: bool) -> str | None:
    is_reserved_there = there in (ReservationStatus.RESERVED, ReservationStatus.ACTIVE)
    if one.is_open:
        return None  # It is being settled, or a person has it on their list.
    if one.status == NumberStatus.RETURNED:
        if is_same and is_reserved_there and one.provider_release != ProviderRelease.PENDING:
            return f"returned here (release {one.provider_release}), still reserved there"
        return None
    if one.status not in {status.value for status in OURS}:
        return None
    if one.status == NumberStatus.UNAVAILABLE:
        return None
    return None if is_reserved_there and is_same else f"{one.status} here, {there or 'free'} there"


_TWICE_OFFERED: Final = """
    SELECT min(n.preview_id::text) AS subject, format('%s live previews offer %s', count(*),
           '…' || right(n.msisdn, 4)) AS sentence
    FROM preview_number AS n JOIN preview AS p ON p.id = n.preview_id
    WHERE p.expires_at > tramita_now() AND p.superseded_by IS NULL AND p.released_at IS NULL
      AND p.reserved_msisdn IS NULL
    GROUP BY n.msisdn HAVING count(*) > 1
"""

_NOT_ITS_OWN: Final = """
    SELECT p.id::text AS subject, 'its reserved number is none of its three' AS sentence
    FROM preview AS p WHERE p.reserved_msisdn IS NOT NULL AND NOT EXISTS (
        SELECT FROM preview_number AS n WHERE n.preview_id = p.id AND n.msisdn = p.reserved_msisdn)
    UNION ALL
    SELECT p.id::text, 'a number was reserved from it, and it does not say so'
    FROM phone_number AS t JOIN preview AS p ON p.id = t.pre_reservation_id
    WHERE t.status IN ('RESERVED', 'ASSIGNED', 'IN_USE', 'SUSPENDED', 'QUARANTINE')
      AND p.reserved_msisdn IS DISTINCT FROM t.msisdn
    UNION ALL
    SELECT p.id::text, 'it claims a number that is not being reserved'
    FROM preview AS p WHERE p.reserving_number_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM phone_number AS t WHERE t.id = p.reserving_number_id
        AND t.status IN ('RESERVING', 'UNAVAILABLE'))
"""

_TWICE_RESERVED: Final = f"""
    SELECT h.subject_id::text AS subject,
           format('%s operations reserved it under one key', count(*)) AS sentence
    FROM operations AS h
    WHERE h.kind = 'numbering.reserve_number' AND {in_states("h", OperationState.SUCCEEDED)}
    GROUP BY h.subject_id, h.key HAVING count(*) > 1
    UNION ALL
    SELECT w.id::text, format('%s numbers were reserved from one hold', count(*))
    FROM pre_reservation AS w JOIN phone_number AS t ON t.pre_reservation_id = w.id
    WHERE t.status <> 'RETURNED'  -- It may have been refused, and returned before and since.
    GROUP BY w.id HAVING count(*) > 1
"""  # noqa: S608 - constants

_WRONGLY_RETURNED: Final = """
    SELECT subject_id::text AS subject,
           format('%s took it from %s to %s', trigger, from_state, to_state) AS sentence
    FROM history WHERE subject = 'phone_number'
      AND trigger IN ('release', 'abandon') AND from_state <> 'RESERVED'
"""

_OVERDUE: Final = f"""
    SELECT o.id::text AS subject,
           format('%s is %s, its lease ended %s', o.kind, o.state, o.lease_until) AS sentence
    FROM operations AS o
    WHERE o.kind {_OUR_KINDS} AND {in_states("o", *OUR_TURN)}
      AND o.lease_until < now() - interval '2 minutes'
"""  # noqa: S608 - constants

_WITH_SIM: Final = """
    SELECT id::text AS subject, 'returned, with a SIM' AS sentence
    FROM phone_number WHERE status = 'RETURNED' AND assigned_sim_id IS NOT NULL
"""

_TOO_LONG: Final = """
    SELECT p.id::text AS subject,
           format('expires %s, held until %s', p.expires_at, w.hold_until) AS sentence
    FROM preview AS p JOIN pre_reservation AS w ON w.id = p.id
    WHERE p.expires_at > w.hold_until - interval '30 seconds'
"""

_BEHIND: Final = ", ".join(
    f"('{number}', '{line}')"
    for number in NumberStatus
    for line in LineState
    if way_to(line, number)
)
_STILL_WANTED: Final = ", ".join(f"'{line}'" for line in LINE.targets(LineTrigger.CANCEL))
# Ten minutes: a contract is looked after within moments, and its line ends within minutes.
_LEFT_BEHIND: Final = f"""
    SELECT c.id::text AS subject, format('cancelled, its number is %s', t.status) AS sentence
    FROM contracts AS c JOIN phone_number AS t ON t.contract_id = c.id
    WHERE NOT c.active AND c.cancelled_at < tramita_now() - interval '10 minutes'
      AND t.status IN ('RESERVED', 'ASSIGNED', 'IN_USE', 'SUSPENDED')
      AND NOT {has_operation("c.id", _OUR_KINDS)}
    UNION ALL
    SELECT c.id::text, format('its service runs, its number is %s', coalesce(t.status, 'gone'))
    FROM contracts AS c LEFT JOIN phone_number AS t ON t.contract_id = c.id
    WHERE c.backend = 'vivo' AND c.activated
      AND coalesce(t.status, '') NOT IN ('IN_USE', 'SUSPENDED')
      AND coalesce(t.updated_at, '-infinity') < tramita_now() - interval '10 minutes'
    UNION ALL
    SELECT c.id::text, format('its line is %s, its number %s', l.state, coalesce(t.status, 'gone'))
    FROM mobile_lines AS l JOIN contracts AS c USING (id)
    LEFT JOIN phone_number AS t ON t.contract_id = c.id
    WHERE (t.status, l.state) IN ({_BEHIND}) AND t.updated_at < tramita_now() - interval '10 minutes'
       OR t.id IS NULL AND l.state IN ({_STILL_WANTED})
          AND c.cancelled_at < tramita_now() - interval '10 minutes'
"""  # noqa: S608 - constants

_OPERATIONS: Final = f"operations WHERE kind {_OUR_KINDS}"
_STATEMENTS: Final = (
    ("I2", "No number is in two live previews", "preview_number", _TWICE_OFFERED),
    ("I3", "A preview and the number reserved from it name each other", "preview", _NOT_ITS_OWN),
    ("I4", "From one hold at most one number was reserved", "pre_reservation", _TWICE_RESERVED),
    (
        "I5",
        "No release changed a number that was in use",
        "history WHERE subject = 'phone_number'",
        _WRONGLY_RETURNED,
    ),
    ("I6", "No operation is older than its lease, unless a person has it", _OPERATIONS, _OVERDUE),
    ("I7", "A returned number has no SIM", "phone_number", _WITH_SIM),
    ("I9", "Previews end 30 seconds before their holds", "preview", _TOO_LONG),
    (
        "I10",
        "A contract has a line while its service runs, and none when it is cancelled; "
        "where the line stands is where its number and its contract do",
        "contracts WHERE backend = 'vivo'",
        _LEFT_BEHIND,
    ),
)
