"""The life of a signing procedure.

``prepared``: somebody wants the contract signed; its document is being made into a PDF.
``submitting``: the service is being told of it, in three acts (create, upload, start), of which
nobody outside sees anything until the last. ``signing``: the student may sign. ``half_signed``:
the student has, and somebody of the organization may. ``signed``: both have.

The student signs first: a procedure of which the service says that only the organization has
signed stays where it is until it says more. What the service says is read as a whole, never as
the next step after the last: so a word that comes twice, late or before an earlier one leads to
the same place, and nobody's signature is taken for another's.

Four ends are none that was wanted. ``refused``: a party said no. ``expired``: nobody signed in
time. ``aborted``: we did not want it any more, or the service has lost it. ``failed``: the service
would not take it. From an end nothing leads back; the contract gets a new procedure. Whatever is
left of an ended one at the service is removed or stopped there, however long that takes.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class SigningState(StrEnum):
    """Where a signing procedure stands."""

    PREPARED = "prepared"
    SUBMITTING = "submitting"
    SIGNING = "signing"
    HALF_SIGNED = "half_signed"
    SIGNED = "signed"
    REFUSED = "refused"
    EXPIRED = "expired"
    ABORTED = "aborted"
    FAILED = "failed"


class SigningTrigger(StrEnum):
    """What moves it."""

    SUBMIT = "submit"
    START = "start"
    STUDENT_SIGNS = "student_signs"
    ORGANIZATION_SIGNS = "organization_signs"
    REFUSE = "refuse"
    EXPIRE = "expire"
    ABORT = "abort"
    FAIL = "fail"


S, T = SigningState, SigningTrigger

_ENDS: Final = {T.REFUSE: S.REFUSED, T.EXPIRE: S.EXPIRED, T.ABORT: S.ABORTED}

LIFECYCLE: Final = Lifecycle(
    name="signing procedure",
    initial=S.PREPARED,
    table={
        S.PREPARED: {T.SUBMIT: S.SUBMITTING, T.ABORT: S.ABORTED},
        S.SUBMITTING: {T.START: S.SIGNING, T.FAIL: S.FAILED, T.ABORT: S.ABORTED},
        S.SIGNING: {T.STUDENT_SIGNS: S.HALF_SIGNED, **_ENDS},
        S.HALF_SIGNED: {T.ORGANIZATION_SIGNS: S.SIGNED, **_ENDS},
    },
)

# The service has it, and may have news of it.
SUBMITTED: Final = frozenset({S.SIGNING, S.HALF_SIGNED})
# It may still come to a signature: at most one of a contract.
LIVE: Final = frozenset({S.PREPARED, S.SUBMITTING}) | SUBMITTED
# What a contract is not signed anew over.
STANDING: Final = LIVE | {S.SIGNED}
# It has ended, and the contract is not signed.
UNSIGNED: Final = LIFECYCLE.final - {S.SIGNED}
