"""Operations that stand somewhere, written as rows: what an operator looks at."""

from datetime import timedelta
from uuid import UUID

from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.transitions import WHY, reason_of

REQUEST = (
    "API-CLIENT-KEY: •••\ncontent-type: application/json\n\n"
    '{"contract_number":"5567","borrower":{"name":"M••• S•••","cpf":"•••.447.•••-••"},"terms":80}'
)


async def add_operation(
    database: Database,
    *,
    state: str = "NEEDS_ATTENTION",
    kind: str = "portability.insert_proposal",
    reason: str | None = "no answer within 30 s",
    attempts: int = 1,
    age: timedelta = timedelta(minutes=12),
    subject: UUID | None = None,
    trigger: str = "settle",
    actor: str = "worker",
) -> UUID:
    """An operation of QI Tech's with a history up to ``state``; answers its id.

    One that is parked can be asked about, and nobody has said that nothing is there.
    """
    operation = new_id()
    async with database.unit_of_work(actor="test") as work:
        await work.fetch(
            """
            INSERT INTO operations (id, key, kind, provider, job, ask_job, subject_id, state,
                                    attempts, epoch, reason, created_at, sent_at, due_at,
                                    lease_until)
            VALUES ($1, $2, $3, 'qitech', $3, 'test.ask', $4, $5, $6, 1, $7, now() - $8::interval,
                    now() - $8::interval, now(), now() + interval '1 day')
            """,
            operation,
            str(operation),
            kind,
            subject or new_id(),
            state,
            attempts,
            reason,
            age,
        )
        if state != "PREPARED":
            await work.fetch(
                """
                INSERT INTO history
                    (subject, subject_id, from_state, to_state, trigger, actor, cause, at)
                VALUES ('operations', $1, 'PREPARED', 'SENT', 'send', 'worker', NULL,
                        now() - $3::interval),
                       ('operations', $1, 'SENT', $2, $5, $6, $4,
                        now() - $3::interval / 2)
                """,
                operation,
                state,
                age,
                reason,
                trigger,
                actor,
            )
    return operation


async def add_exchange(
    database: Database,
    operation: UUID,
    *,
    answer: str = "",
    status: int | None = None,
    error: str | None = "no answer within 30 s",
    outcome: str = "unknown",
) -> None:
    """One more request that was made for the operation."""
    async with database.unit_of_work(actor="test") as work:
        await work.fetch(
            """
            INSERT INTO exchanges (operation_id, attempt, provider, method, path, request, status,
                                   answer, error, outcome, started_at, milliseconds)
            VALUES ($1, 1, 'qitech', 'POST', '/v2/credit_transfer/proposal', $2, $3, $4, $5, $6,
                    now(), 30004)
            """,
            operation,
            REQUEST,
            status,
            answer,
            error,
            outcome,
        )


async def add_case(database: Database) -> UUID:
    """An application that was cancelled and whose money has come all the same: a person sends it back."""
    application = new_id()
    await database.fetch(
        "INSERT INTO applications (id, tenant, origin, kind, state, payment_state, version, revision, "
        "fields, created_at, updated_at, finished_at, payment_moved_at) VALUES ($1, 'house', 'api', "
        "'ordinary', 'cancelled', 'funds_received', 1, 1, '{}', now(), now(), now(), now())",
        application,
    )
    return application


async def history_of(database: Database, operation: UUID) -> list[tuple[str, str, str | None]]:
    """Trigger, actor and cause of every move, oldest first."""
    async with database.unit_of_work(actor="test") as work:
        rows = await work.fetch(
            f"SELECT trigger, actor, {WHY} AS why FROM history WHERE subject_id = $1 ORDER BY id",
            operation,
        )
    return [(row["trigger"], row["actor"], reason_of(database.keys, row["why"])) for row in rows]
