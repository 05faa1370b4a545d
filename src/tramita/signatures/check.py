"""The invariants of signatures, held against the database and the signing services.

G1 to G3 ask the service about every procedure that it was told of; the question changes nothing
there. What is not answered is reported as not verified, never as kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.findings import Difference, Finding, Verdict, Word, ask_about, find_broken, judge
from tramita.kit.operations.lifecycle import LIVE as UNDER_WAY
from tramita.kit.operations.standing import has_operation
from tramita.kit.outcome import Done, Refused
from tramita.kit.runtime import Runtime
from tramita.signatures.acts import FETCH
from tramita.signatures.journey.submit import key_of
from tramita.signatures.lifecycle import SUBMITTED, UNSIGNED, SigningState
from tramita.signatures.ports import ProcedureStatus, SignatureBackend, SignatureState
from tramita.signatures.settings import SignatureSettings

_OURS: Final = "LIKE 'signatures.%'"


@dataclass(frozen=True, slots=True)
class _Known:
    """A procedure as it stands here; ``is_open``: an act about it is still to be settled."""

    id: UUID
    provider: str
    reference: str | None
    state: SigningState
    age: timedelta | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Answer:
    """What its service says of it: ``state``, if it has it; all ``references`` under our key."""

    procedure: _Known
    is_asked: bool
    state: SignatureState | None = None
    references: tuple[str, ...] = ()


async def check_signatures(runtime: Runtime, *, newest: int | None = None) -> list[Finding]:
    """Every invariant of signatures, in order; with ``newest`` of so many procedures at most."""
    async with runtime.database.unit_of_work(actor="check") as work:
        known = await _find_known(work, newest)
        findings = [await find_broken(work, *one) for one in _STATEMENTS]
    answers = await ask_about(known, partial(_ask, runtime))
    asked = {one.provider for one in known}
    unasked = "; ".join(why for one in sorted(asked) if (why := runtime.missing(one))) or None
    poll = timedelta(hours=runtime.configured(SignatureSettings).poll_hours)
    return [
        judge("G1", "who signed here signed there", [_signed(one) for one in answers], unasked),
        judge("G2", "what is signed there is known here in time", _late(answers, poll), unasked),
        judge("G3", "nothing lives there that is not wanted", _unwanted(answers), unasked),
        *findings,
    ]


async def count_signatures(runtime: Runtime) -> dict[str, int]:
    """How many procedures stand where."""
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            "SELECT state, count(*) AS n FROM signing_procedures GROUP BY state ORDER BY state"
        )
    return {row["state"]: row["n"] for row in rows}


async def _find_known(work: UnitOfWork, newest: int | None) -> list[_Known]:
    rows = await work.fetch(
        f"""
        SELECT p.id, p.provider, p.provider_reference AS reference, p.state,
               tramita_now() - p.known_at AS age, {has_operation("p.id", _OURS)} AS is_open
        FROM signing_procedures AS p WHERE p.state <> 'prepared' ORDER BY p.id DESC LIMIT $1
        """,  # noqa: S608 - constants
        newest,
    )
    return [_Known(**{**dict(row), "state": SigningState(row["state"])}) for row in rows]


async def _ask(runtime: Runtime, one: _Known) -> _Answer:
    if runtime.missing(one.provider):
        return _Answer(one, is_asked=False)
    gateway, attempt = runtime.gateway(SignatureBackend, one.provider), Attempt(one.id, "check")
    found = await gateway.find_signing_procedures(key_of(one.id), attempt)
    if not isinstance(found, Done):
        return _Answer(one, is_asked=False)
    references = tuple(found.value)
    if one.reference is None:
        return _Answer(one, is_asked=True, references=references)
    said = await gateway.get_signature_state(one.reference, attempt)
    if not isinstance(said, Done | Refused):
        return _Answer(one, is_asked=False)
    state = said.value if isinstance(said, Done) else None
    return _Answer(one, is_asked=True, state=state, references=references)


def _signed(one: _Answer) -> Word:
    here = {
        SigningState.HALF_SIGNED: {"student": True},
        SigningState.SIGNED: {"student": True, "organization": True},
    }.get(one.procedure.state, {})
    if not one.is_asked:
        return Verdict.NOT_VERIFIED
    there = one.state.signed() if one.state else {}
    missing = [party for party in here if not there.get(party)]
    if not missing:
        return Verdict.KEPT
    return Difference(str(one.procedure.id), f"{', '.join(missing)} signed here, and not there")


def _late(answers: Sequence[_Answer], poll: timedelta) -> list[Word]:
    return [_late_one(one, poll) for one in answers if one.procedure.state in SUBMITTED]


def _late_one(one: _Answer, poll: timedelta) -> Word:
    if not one.is_asked:
        return Verdict.NOT_VERIFIED
    age = one.procedure.age or timedelta(0)
    is_half = one.procedure.state is SigningState.HALF_SIGNED
    is_news = one.state is not None and (
        one.state.status is not ProcedureStatus.RUNNING or one.state.signed()["student"] != is_half
    )
    if not is_news or age <= poll:
        return Verdict.KEPT
    return Difference(str(one.procedure.id), f"it has moved there, and was not asked for {age}")


def _unwanted(answers: Sequence[_Answer]) -> list[Word]:
    return [_unwanted_one(one) for one in answers]


def _unwanted_one(one: _Answer) -> Word:
    known = one.procedure
    if not one.is_asked:
        return Verdict.NOT_VERIFIED
    if known.is_open:
        return Verdict.KEPT  # It is being seen to, or a person has it on their list.
    others = [reference for reference in one.references if reference != known.reference]
    if others:
        return Difference(str(known.id), f"{len(others)} more stand there under its key")
    is_dead = known.state in UNSIGNED
    if is_dead and one.state and one.state.status is ProcedureStatus.RUNNING:
        return Difference(str(known.id), f"{known.state} here, and may be signed there")
    return Verdict.KEPT


_STUCK: Final = f"""
    SELECT p.id::text AS subject, 'it is being submitted, and nobody sees to it' AS sentence
    FROM signing_procedures AS p
    WHERE p.state = 'submitting' AND NOT {has_operation("p.id", _OURS, UNDER_WAY)}
"""  # noqa: S608 - constants
_WITHOUT_FILE: Final = f"""
    SELECT p.id::text AS subject, 'what was signed is not kept, and nobody fetches it' AS sentence
    FROM signing_procedures AS p
    WHERE p.state = 'signed' AND p.signed_file IS NULL
      AND NOT {has_operation("p.id", f"= '{FETCH.name}'", UNDER_WAY)}
"""  # noqa: S608 - constants
_STATEMENTS: Final = (
    (
        "G4",
        "what is being submitted is seen to",
        "signing_procedures WHERE state = 'submitting'",
        _STUCK,
    ),
    (
        "G5",
        "what both have signed is kept",
        "signing_procedures WHERE state = 'signed'",
        _WITHOUT_FILE,
    ),
)
