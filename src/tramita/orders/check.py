"""The invariants of orders, held against the database and the signing service.

Most promises are one statement that returns what breaks it. The signing service is asked about each
procedure that its organization has signed or that waits for its learner; such a question changes
nothing there. What the card processor says of instalments is verified by payments.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.findings import Difference, Finding, Verdict, Word, ask_about, find_broken, judge
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.orders.lifecycle import ACTIVE, ENROLLING, INACTIVE, OrderState
from tramita.orders.moving import read_circumstances
from tramita.orders.rules import MOVES
from tramita.signatures.journey.refresh import ask_state
from tramita.signatures.lifecycle import SigningState
from tramita.signatures.ports import Party
from tramita.signatures.rows import Procedure, get_procedures
from tramita.signatures.settings import SignatureSettings

_DEBITED_ONCE: Final = """
    SELECT i.id::text AS subject, format('it was paid %s times', count(*)) AS sentence
    FROM installments AS i JOIN orders AS o ON o.id = i.contract_id
    JOIN payment_transactions AS t ON t.installment_id = i.id AND t.kind = 'payment'
    WHERE NOT EXISTS (SELECT FROM payment_transactions AS r WHERE r.parent_id = t.id)
      AND NOT EXISTS (SELECT FROM operations AS p WHERE p.subject_id = t.id)
    GROUP BY i.id HAVING count(*) > 1 ORDER BY i.id
"""
_COMPLETED: Final = f"""
    SELECT o.id::text AS subject, 'it is completed and is not signed, or not paid' AS sentence
    FROM orders AS o WHERE o.state = '{OrderState.COMPLETED}' AND (
        (o.contract_definition_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM signing_procedures AS s
            WHERE s.contract_id = o.id AND s.student_signed_on IS NOT NULL))
        OR (o.total > 0 AND (
            NOT EXISTS (SELECT FROM installments AS i WHERE i.contract_id = o.id)
            OR EXISTS (SELECT FROM installments AS i
                       WHERE i.contract_id = o.id AND i.state <> 'paid'))))
    ORDER BY o.id
"""  # noqa: S608 - constants
_ENROLLED: Final = f"""
    SELECT o.id::text AS subject, format('it is %s, and %s is %s', o.state, t.course_id,
        coalesce(e.state, 'not open')) AS sentence
    FROM orders AS o JOIN order_target_courses AS t ON t.order_id = o.id
    LEFT JOIN enrollments AS e ON e.order_id = o.id AND e.course_id = t.course_id
    WHERE ({one_of("o.state", ENROLLING)} AND e.state IS DISTINCT FROM 'open')
       OR ({one_of("o.state", INACTIVE)} AND e.state = 'open')
    ORDER BY o.id, t.position
"""  # noqa: S608 - constants
_CONTRACTS: Final = f"""
    SELECT o.id::text AS subject, format('it is %s, its contract %s', o.state, c.state) AS sentence
    FROM orders AS o JOIN contracts AS c ON c.id = o.id
    WHERE {one_of("o.state", ACTIVE)} <> (c.state <> 'cancelled') ORDER BY o.id
"""  # noqa: S608 - constants
# Of what happened since there are e-mails at all: each cause has one, and none is without its cause.
_MAILED: Final = f"""
    WITH since AS (
        SELECT h.* FROM history AS h, mail_servers AS s WHERE h.at >= s.since
    ), caused AS (
        SELECT DISTINCT h.subject_id AS subject, ARRAY['order_validated:' || h.subject_id] AS causes,
               h.subject_id AS order_id
        FROM since AS h JOIN orders AS o ON o.id = h.subject_id
        WHERE h.subject = 'orders' AND h.to_state = 'pending' AND {one_of("o.state", ACTIVE)}
          AND EXISTS (SELECT FROM installments AS i WHERE i.contract_id = o.id)
        UNION ALL
        SELECT h.subject_id, ARRAY['order_refunded:' || h.subject_id], h.subject_id
        FROM since AS h WHERE h.subject = 'orders' AND h.to_state = 'refunded'
        UNION ALL
        SELECT i.id, CASE h.to_state
            WHEN 'paid' THEN ARRAY['installment_paid:' || i.id,
                                   'installments_fully_paid:' || i.contract_id]
            ELSE ARRAY['installment_refused:' || i.id || ':' || h.id] END, i.contract_id
        FROM since AS h JOIN installments AS i ON i.id = h.subject_id
        JOIN orders AS o ON o.id = i.contract_id
        WHERE h.subject = 'installments' AND h.to_state IN ('paid', 'refused')
          AND h.from_state <> 'canceled' AND {one_of("o.state", ACTIVE)}
    )
    SELECT c.subject::text, format('no e-mail tells of it (%s)', c.causes[1]) AS sentence
    FROM caused AS c JOIN orders AS o ON o.id = c.order_id
    -- Who has no address is written nothing.
    JOIN customers AS u ON u.id = o.owner_id AND u.email IS NOT NULL
    WHERE NOT EXISTS (SELECT FROM mails AS m WHERE m.cause = ANY(c.causes))
    UNION ALL
    SELECT m.cause, format('it was taken by the mail server %s times', count(*))
    FROM mails AS m JOIN mail_deliveries AS d ON d.mail_id = m.id
    JOIN mail_attempts AS a ON a.delivery_id = d.id AND a.status BETWEEN 200 AND 299
    WHERE NOT EXISTS (SELECT FROM history AS h WHERE h.subject_id = d.id AND h.trigger = 'replay')
    GROUP BY m.cause HAVING count(*) > 1
    ORDER BY 1
"""  # noqa: S608 - constants
_STATEMENTS: Final = (
    ("O1", "no instalment is paid twice", "installments", _DEBITED_ONCE),
    (
        "O2",
        "an order is completed only when it is paid or free, and signed by its learner",
        f"orders WHERE state = '{OrderState.COMPLETED}'",
        _COMPLETED,
    ),
    ("O5", "each e-mail is written once for its cause, and sent once", "mails", _MAILED),
    ("O8", "courses are open to whose orders allow it, and to nobody else", "orders", _ENROLLED),
    ("O9", "an order and its contract live and end together", "orders", _CONTRACTS),
)


async def check_orders(runtime: Runtime) -> list[Finding]:
    """Every invariant of orders, in order, with what breaks it."""
    async with runtime.database.unit_of_work(actor="check") as work:
        statements = [await find_broken(work, *one) for one in _STATEMENTS]
        at_rest = await _check_rest(work)
        procedures = await _find_procedures(work)
        now = await work.now()
    poll = timedelta(hours=runtime.configured(SignatureSettings).poll_hours)
    signed = [one for one in procedures if one.organization_signed_on is not None]
    waiting = [
        one
        for one in procedures
        if one.state is SigningState.SIGNING and (one.known_at or now) + poll < now
    ]
    findings = [
        *statements,
        at_rest,
        await _check_signed(runtime, _COUNTERSIGNED, signed, Party.ORGANIZATION, is_so=True),
        await _check_signed(runtime, _NOT_LATE, waiting, Party.STUDENT, is_so=False),
    ]
    return sorted(findings, key=lambda one: one.invariant)


async def count_orders(runtime: Runtime) -> dict[str, int]:
    """How many orders stand where."""
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch("SELECT state FROM orders ORDER BY state")
    return dict(Counter(row["state"] for row in rows))


async def _check_rest(work: UnitOfWork) -> Finding:
    """Whatever is known has moved its order: so none waits for a signature that was given."""
    rows = await work.fetch("SELECT id FROM orders ORDER BY id")
    found = await read_circumstances(work, [row["id"] for row in rows])
    differences = [
        Difference(str(id_), f"it is {state}, and takes {MOVES.fits(state, so)[0]}")
        for id_, (state, so) in found.items()
        if MOVES.fits(state, so)
    ]
    return Finding(
        "O6",
        "no order waits for what has come",
        looked_at=len(rows),
        differences=tuple(differences),
    )


async def _find_procedures(work: UnitOfWork) -> list[Procedure]:
    rows = await work.fetch(
        "SELECT s.id FROM signing_procedures AS s JOIN orders AS o ON o.id = s.contract_id "
        "WHERE s.provider_reference IS NOT NULL ORDER BY s.id"
    )
    return list((await get_procedures(work, [row["id"] for row in rows])).values())


async def _check_signed(
    runtime: Runtime,
    promise: tuple[str, str],
    procedures: Sequence[Procedure],
    party: Party,
    *,
    is_so: bool,
) -> Finding:
    """Whether the signing service says of each that the party has signed, or that it has not."""

    async def ask(one: Procedure) -> Word:
        outcome = await ask_state(runtime, one)
        if not isinstance(outcome, Done):
            return Verdict.NOT_VERIFIED
        if outcome.value.signed()[party] is is_so:
            return Verdict.KEPT
        said = "has not" if is_so else "has"
        return Difference(
            str(one.contract_id), f"{one.provider} says that the {party} {said} signed"
        )

    missing = [key for key in sorted({one.provider for one in procedures}) if runtime.missing(key)]
    if missing:
        return judge(*promise, [], f"{missing[0]} is not connected")
    return judge(*promise, await ask_about(procedures, ask), None)


_COUNTERSIGNED: Final = (
    "O3",
    "an organization's signature is recorded only when it has signed",
)
_NOT_LATE: Final = (
    "O7",
    "no order waits longer than a poll for a signature that the service knows of",
)
