"""The invariants of portability, held against the database and the provider.

Each promise is one statement that returns what breaks it, so a check costs the same
few statements however many contracts there are; only P1 and P2 ask the provider, once
per contract that may ever have been sent. That question changes nothing there, so the
check runs against the real provider as well; where the provider does not answer it,
the promise is reported as not verified, never as kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.findings import Difference, Finding, Verdict, Word, ask_about, find_broken, judge
from tramita.kit.operations.lifecycle import OUR_TURN
from tramita.kit.operations.lifecycle import OperationState as S
from tramita.kit.operations.standing import in_states
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.portability.lifecycle import CONTRACT_STATUS, DEAD, PortabilityStatus
from tramita.portability.ports import FoundProposal, ProposalGateway
from tramita.portability.queries import LEASE_MARGIN
from tramita.portability.settings import PortabilitySettings

# Where a contract may be without a proposal of its own.
_WITHOUT_PROPOSAL: Final = (
    PortabilityStatus.DIGITACAO,
    PortabilityStatus.REPROVADO,
    PortabilityStatus.CANCELADO,
)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A contract that may have reached the provider.

    ``is_dead``: it ended here without success, or the core calls it cancelled. ``is_accepted``: its proposal passed.
    """

    number: str
    provider: str
    operation_id: UUID
    key: str
    attempts: int
    proposal_key: str | None
    is_accepted: bool
    is_dead: bool
    cancelling: str | None


_Found: TypeAlias = tuple[FoundProposal, ...]
_Compare: TypeAlias = Callable[[_Sent, _Found], str | None]


async def check_portability(runtime: Runtime) -> list[Finding]:
    """Every invariant of portability, in order, with what breaks it."""
    async with runtime.database.unit_of_work(actor="check") as work:
        sent = await _find_sent(work)
        findings = [await find_broken(work, *one) for one in _STATEMENTS]
    return [*await _check_proposals(runtime, sent), *findings]


async def count_portability(runtime: Runtime) -> dict[str, int]:
    """How many contracts stand where: ``"CANCELADO/REPROVADO" → 3``."""
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            f"""
            SELECT concat_ws('/', contract_status, portability_status,
                             CASE WHEN {in_states("o", S.NEEDS_ATTENTION)}
                                  THEN 'needs attention' END) AS place,
                   count(*) AS n
            FROM envelope_contracts AS c LEFT JOIN operations AS o ON o.id = c.insertion_id
            GROUP BY place ORDER BY place
            """  # noqa: S608 - constants
        )
    return {row["place"]: row["n"] for row in rows}


async def _find_sent(work: UnitOfWork) -> list[_Sent]:
    rows = await work.fetch(
        f"""
        SELECT c.number_at_provider AS number, c.provider, o.id AS operation_id, o.key, o.attempts,
               c.proposal_key,
               c.portability_status <> ALL ($1::text[]) AS is_accepted,
               c.portability_status = ANY ($2::text[]) OR NOT k.active AS is_dead,
               (SELECT string_agg(format('its cancellation %s, attempt %s', u.state, u.attempts),
                                  ', ')
                FROM unwanted_proposals AS p JOIN operations AS u ON u.id = p.operation_id
                WHERE p.contract_id = c.id AND NOT {in_states("u", S.SUCCEEDED)}) AS cancelling
        FROM envelope_contracts AS c JOIN operations AS o ON o.id = c.insertion_id
        JOIN contracts AS k ON k.id = c.id
        WHERE o.attempts > 0 ORDER BY c.id
        """,  # noqa: S608 - constants
        [status.value for status in _WITHOUT_PROPOSAL],
        [status.value for status in DEAD],
    )
    return [_Sent(**row) for row in rows]


async def _check_proposals(runtime: Runtime, sent: Sequence[_Sent]) -> list[Finding]:
    """P1 and P2, from the same answers."""
    answers = await ask_about(sent, partial(_ask, runtime))
    asked = {runtime.configured(PortabilitySettings).provider, *(one.provider for one in sent)}
    unasked = "; ".join(why for one in sorted(asked) if (why := runtime.missing(one))) or None

    def finding(invariant: str, promise: str, compare: _Compare) -> Finding:
        words = [_word(*one, compare) for one in zip(sent, answers, strict=True)]
        return judge(invariant, promise, words, unasked)

    return [
        finding(
            "P1", "At most one live proposal per contract, and it is the one we know", _compare
        ),
        finding("P2", "No live proposal of a contract that ended here", _left_alive),
    ]


async def _ask(runtime: Runtime, one: _Sent) -> _Found | None:
    if runtime.missing(one.provider):
        return None
    gateway = runtime.gateway(ProposalGateway, one.provider)
    match await gateway.find_proposals(
        one.number, Attempt(one.operation_id, one.key, one.attempts)
    ):
        case Done(found):
            return found
        case _:
            return None


def _word(ours: _Sent, found: _Found | None, compare: _Compare) -> Word:
    if found is None:
        return Verdict.NOT_VERIFIED
    sentence = compare(ours, found)
    return Difference(ours.number, sentence) if sentence else Verdict.KEPT


def _left_alive(ours: _Sent, found: _Found) -> str | None:
    live = [proposal.number for proposal in found if proposal.is_live]
    if not (ours.is_dead and live):
        return None
    return f"ended here, alive there: {', '.join(live)}; {ours.cancelling or 'nobody cancels it'}"


def _compare(ours: _Sent, found: _Found) -> str | None:
    live = [proposal for proposal in found if proposal.is_live]
    if len(live) > 1:
        return f"{len(live)} live proposals: {', '.join(one.number for one in live)}"
    keys = {proposal.key for proposal in found}
    if ours.proposal_key is not None and ours.proposal_key not in keys:
        return f"the provider does not know proposal {ours.proposal_key}"
    if ours.is_accepted and ours.proposal_key is None:
        return "accepted here without a proposal"
    return None


# What is done or decided about a contract that holds nobody up is not counted as inserting:
# it was parked before, or it is cancelled here.
_LEASE = f"""
    SELECT c.number_at_provider AS subject,
           CASE WHEN c.is_proposal_being_inserted
                THEN format('being inserted, its operation %s, lease until %s',
                            coalesce(o.state, 'missing'), o.lease_until)
                ELSE format('not being inserted, its operation %s', o.state) END AS sentence
    FROM envelope_contracts AS c LEFT JOIN operations AS o ON o.id = c.insertion_id
    CROSS JOIN LATERAL (
        SELECT o.id IS NOT NULL AND {in_states("o", *OUR_TURN)} AS is_open) AS s
    WHERE (c.is_proposal_being_inserted AND NOT s.is_open)
       OR (s.is_open AND NOT c.is_proposal_being_inserted AND o.parked_at IS NULL
           AND c.contract_status <> 'CANCELADO')
       OR (c.is_proposal_being_inserted AND o.lease_until + {LEASE_MARGIN} <= now())
    ORDER BY c.id
"""  # noqa: S608 - the margin is a constant

_ANNOUNCED = """
    SELECT e.token::text AS subject,
           format('run %s, %s of %s left, %s being inserted, announced %s times',
                  e.run, e.run_left, e.run_total, c.inserting, a.announced) AS sentence
    FROM envelopes AS e
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE is_proposal_being_inserted) AS inserting
        FROM envelope_contracts WHERE envelope_id = e.id) AS c
    CROSS JOIN LATERAL (
        SELECT count(*) AS announced, coalesce(max(run), 0) AS latest
        FROM envelope_announcements WHERE envelope_id = e.id) AS a
    WHERE e.run_left <> c.inserting
       OR a.announced <> e.run - (c.inserting > 0)::int
       OR a.announced <> a.latest
    ORDER BY e.id
"""

_PAIRS = ", ".join(f"('{status}', '{state}')" for state, status in CONTRACT_STATUS.items())
_PAIR = f"""
    SELECT c.number_at_provider AS subject,
           format('%s/%s, the contract itself %s', c.contract_status, c.portability_status,
                  k.state) AS sentence
    FROM envelope_contracts AS c JOIN contracts AS k ON k.id = c.id
    WHERE (c.portability_status IS NOT NULL
           AND (c.contract_status, c.portability_status) NOT IN ({_PAIRS}))
       OR (c.contract_status = 'CANCELADO') <> (k.state = 'cancelled')
    ORDER BY c.id
"""  # noqa: S608 - the pairs are our own table

# Longer than a busy machine lets a process stand still between two statements, shorter than a call to
# a provider that does not answer. Whoever calls within a transaction of its own is refused at once.
_HELD_OPEN_AFTER = "10 seconds"
_IDLE = f"""
    SELECT format('%s, session %s', coalesce(nullif(application_name, ''), 'a process'), pid)
               AS subject,
           format('a transaction open and idle for %s', now() - state_change) AS sentence
    FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%'
      AND state_change < clock_timestamp() - interval '{_HELD_OPEN_AFTER}'
"""  # noqa: S608 - a constant

_SESSIONS = "pg_stat_activity WHERE datname = current_database()"

_STATEMENTS: Final = (
    ("P3", "No contract is being inserted without a live lease", "envelope_contracts", _LEASE),
    ("P4", "Every run that is over was announced exactly once", "envelopes", _ANNOUNCED),
    ("P5", "Only the pairs of statuses that exist", "envelope_contracts", _PAIR),
    ("P6", "No transaction is held open while a provider is called", _SESSIONS, _IDLE),
)
