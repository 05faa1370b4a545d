"""What may be asked for, and what an answer of the service means; all of it pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tramita.kit.errors import FieldError
from tramita.signatures.lifecycle import LIFECYCLE, SigningState, SigningTrigger
from tramita.signatures.ports import Party, ProcedureStatus, Signatory, SignatureState

T = SigningTrigger

LONGEST_TEXT: Final = 500_000
LONGEST_TITLE: Final = 200
MOST_SIGNATORIES: Final = 50


@dataclass(frozen=True, slots=True)
class Document:
    """What is signed: ``text`` is Markdown, with everything filled in."""

    title: str
    text: str
    language: str


def find_faults(document: Document, signatories: Sequence[Signatory]) -> list[FieldError]:
    """Everything because of which a document cannot be signed by these people."""
    faults = [
        FieldError(f"document.{name}", "length", f"It has 1 to {longest} characters.")
        for name, value, longest in (
            ("title", document.title, LONGEST_TITLE),
            ("text", document.text, LONGEST_TEXT),
        )
        if not value.strip() or len(value) > longest
    ]
    return faults + find_faults_of(signatories, *Party)


def find_faults_of(signatories: Sequence[Signatory], *parties: Party) -> list[FieldError]:
    """Everything because of which these people cannot sign for these parties."""
    counted = Counter(one.party for one in signatories)
    faults = [
        FieldError("signatories", f"no_{party}", f"Nobody signs for the {party}.")
        for party in parties
        if not counted[party]
    ]
    if counted[Party.STUDENT] > 1:
        faults.append(FieldError("signatories", "two_students", "One student signs."))
    if len(signatories) > MOST_SIGNATORIES:
        faults.append(FieldError("signatories", "too_many", f"At most {MOST_SIGNATORIES} sign."))
    for place, one in enumerate(signatories):
        path = f"signatories[{place}]"
        if not one.name.strip():
            faults.append(FieldError(f"{path}.name", "blank", "A name may not be blank."))
        if "@" not in one.email.strip("@"):
            faults.append(FieldError(f"{path}.email", "email", "It is no e-mail address."))
    return faults


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a procedure, and what is written down with it."""

    trigger: SigningTrigger
    written: Mapping[str, object]
    why: str | None = None


def what_follows(
    state: SigningState, said: SignatureState, *, now: datetime, is_over: bool
) -> list[Step]:
    """The moves by which a submitted procedure comes to be as the service says, in order.

    Times in the future are none that anybody signed at: then it is the present. ``is_over``: the time
    to sign was over by our own clock when the service was asked.
    """
    steps: list[Step] = []

    def go(step: Step) -> None:
        nonlocal state
        state = LIFECYCLE.next(state, step.trigger)
        steps.append(step)

    student, organization = said.student, said.organization
    if state is SigningState.SIGNING and student is not None:
        go(Step(T.STUDENT_SIGNS, {"student_signed_on": _past(student.at, now)}))
    if state is SigningState.HALF_SIGNED and organization is not None:
        at = _past(organization.at, now)
        written = {"organization_signed_on": at, "organization_signatory": organization.email}
        go(Step(T.ORGANIZATION_SIGNS, written))
    if state in LIFECYCLE.final:
        return steps
    if said.status is ProcedureStatus.REFUSED:
        who = f"The {said.refused_by}" if said.refused_by else "Somebody"
        go(Step(T.REFUSE, {}, f"{who} refused to sign."))
    elif said.status is ProcedureStatus.EXPIRED or is_over:
        go(Step(T.EXPIRE, {}, "Nobody signed in time."))
    return steps


def _past(at: datetime | None, now: datetime) -> datetime:
    return now if at is None or at > now else at
