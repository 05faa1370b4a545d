"""One operation begun, or done, within a larger statement of its area.

For a caller who waits. The ledger's own statements are for sets: each is a trip to PostgreSQL
between a beginning and a commit, and is planned anew for every set. Where an area can say in one
statement all that it writes with one operation, that has the parts ``ledger.BEGUN`` or ``DONE``
among its own; it runs by itself, and is done as a whole or not at all. What does not fit into
it goes the ordinary way.
"""

from typing import Final, TypeVar

from tramita.kit.operations.journal import TOLD, told_arguments
from tramita.kit.operations.kind import OperationKind, Result
from tramita.kit.operations.ledger import OPERATION, PATIENCE
from tramita.kit.operations.lifecycle import OperationState as S
from tramita.kit.operations.lifecycle import OperationTrigger

R = TypeVar("R")
D = TypeVar("D")

# Keeps what was exchanged, and settles the operation unless somebody else has it by now.
DONE: Final = f"""
    told AS ({TOLD}), done AS (
        UPDATE operations SET
            state = '{OPERATION.lifecycle.next(S.SENT, OperationTrigger.DONE)}', reason = NULL,
            reference = coalesce(:reference, reference), due_at = now(),
            lease_until = now() + :patience::interval, settled_at = tramita_now(),
            job = NULL, ask_job = NULL
        WHERE id = :operation AND epoch = :epoch AND state = '{S.SENT}'
        RETURNING id, subject_id
    ), done_kept AS ({OPERATION.history("done", S.SENT, OperationTrigger.DONE)})
"""  # noqa: S608 - the states are ours


def recording(kind: OperationKind[R, D], result: Result[R, D]) -> tuple[str, list[object]] | None:
    """The one statement that settles and records a result, with its arguments, if there is one."""
    operation, at_once = result.task.operation, kind.at_once
    is_plain = result.trigger is OperationTrigger.DONE and result.reason is None
    if at_once is None or not is_plain or operation.doubt is not None:
        return None
    own = at_once.arguments(result)
    if own is None:
        return None
    given = {
        **own,
        **told_arguments([result.told]),
        "operation": operation.id,
        "epoch": operation.epoch,
        "reference": result.reference,
        "patience": PATIENCE,
        "actor": kind.job,
    }
    return at_once.statement.text, at_once.statement.arguments(given)
