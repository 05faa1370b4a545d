"""The journal: what was said to providers, and what they answered."""

import time
from collections.abc import Sequence
from typing import Final

from tramita.kit.attempt import Attempt
from tramita.kit.database.statement import Statement
from tramita.kit.database.work import UnitOfWork


async def keep_exchanges(work: UnitOfWork, attempts: Sequence[tuple[Attempt, str, str]]) -> None:
    """Keep what was exchanged during ``attempts``, each with its provider and the outcome.

    Every time a person sees is the platform's: so is when an exchange began, which is never
    after what it led to, minus the time it took.
    """
    if any(attempt.exchanges for attempt, _, _ in attempts):
        await work.fetch(_JOURNAL.text, *_JOURNAL.arguments(told_arguments(attempts)))


TOLD: Final = """
    INSERT INTO exchanges (operation_id, kind, attempt, provider, method, path, request, status,
                           answer, error, outcome, started_at, milliseconds)
    SELECT operation_id, kind, attempt, provider, method, path, request, status, answer, error, outcome,
           (SELECT tramita_now()) - greatest(make_interval(secs => age) - (clock_timestamp() - now()),
                                    make_interval(secs => milliseconds / 1000.0)),
           milliseconds
    FROM unnest(:told_operation::uuid[], :told_kind::text[], :told_attempt::int[],
                :told_provider::text[], :told_method::text[], :told_path::text[], :told_request::text[],
                :told_status::int[], :told_answer::text[], :told_error::text[],
                :told_outcome::text[], :told_age::float8[], :told_milliseconds::int[])
        AS e(operation_id, kind, attempt, provider, method, path, request, status, answer, error,
             outcome, age, milliseconds)
"""
_JOURNAL: Final = Statement(TOLD)


def told_arguments(attempts: Sequence[tuple[Attempt, str, str]]) -> dict[str, object]:
    """The arguments of ``TOLD``: what was exchanged during attempts, with provider and outcome."""
    said = [(*of, one) for of in attempts for one in of[0].exchanges]
    return {
        "told_operation": [a.operation_id for a, _, _, _ in said],
        "told_kind": [a.kind for a, _, _, _ in said],
        "told_attempt": [a.number for a, _, _, _ in said],
        "told_provider": [provider for _, provider, _, _ in said],
        "told_method": [one.method for _, _, _, one in said],
        "told_path": [one.path for _, _, _, one in said],
        "told_request": [one.request for _, _, _, one in said],
        "told_status": [one.status for _, _, _, one in said],
        "told_answer": [one.answer for _, _, _, one in said],
        "told_error": [one.error for _, _, _, one in said],
        "told_outcome": [outcome for _, _, outcome, _ in said],
        "told_age": [time.monotonic() - one.began for _, _, _, one in said],
        "told_milliseconds": [one.milliseconds for _, _, _, one in said],
    }
