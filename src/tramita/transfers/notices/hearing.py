"""What a back office tells us: each numbered message has its effect once, and is kept.

The number is the message: when it comes again it is answered as it was, and changes nothing. What
was refused is kept as it came, shown, and may come again, by itself or by a person's hand; what
comes after something newer of the same kind has no effect any more.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, InvalidError, TramitaError
from tramita.kit.identifiers import new_id
from tramita.kit.runtime import Runtime
from tramita.transfers.office.messages import ANSWER, BODY
from tramita.transfers.rows import lock_applications

# Of these a newer one makes an older one old; documents stand side by side.
_IN_ORDER: Final = ("conditions", "status")

Apply = Callable[[UnitOfWork], Awaitable[Mapping[str, Any]]]


class MessageNumberReused(ConflictError):
    """The message {number} was another one."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it came; ``file`` is the kept file that is beside it."""

    tenant: str
    actor: str
    kind: str
    external_id: str
    message_no: int
    body: bytes
    file: str | None = None

    @property
    def application_id(self) -> UUID | None:
        """What it is about, where it can be that."""
        try:
            return UUID(self.external_id)
        except ValueError:
            return None

    @property
    def digest(self) -> bytes:
        """By what the same message is told from another of its number."""
        parts = (self.kind, self.external_id, hashlib.sha256(self.body).hexdigest())
        return hashlib.sha256("\n".join(parts).encode()).digest()


async def hear(runtime: Runtime, told: Told, apply: Apply) -> Mapping[str, Any]:
    """Have a message its effect, once; answers what it was answered.

    Raises ``MessageNumberReused`` and whatever ``apply`` refuses it by: then it is kept as rejected.
    """
    try:
        async with runtime.database.unit_of_work(actor=told.actor) as work:
            return await _hear(work, told, apply)
    except MessageNumberReused:
        raise
    except TramitaError as error:
        async with runtime.database.unit_of_work(actor=told.actor) as work:
            await _reject(work, told, error)
        raise


async def _hear(work: UnitOfWork, told: Told, apply: Apply) -> Mapping[str, Any]:
    known = await _claim(work, told)
    if known is not None:
        return known
    newer = await _newer(work, told)
    if newer is not None:
        answer: Mapping[str, Any] = {"ignored": True, "newer_message_no": newer}
    else:
        answer = await apply(work)
    await work.fetch(
        """
        UPDATE office_messages SET state = $4, answer = $5, body = $6, file = $7, digest = $8,
               handled_at = tramita_now(), status = NULL
        WHERE tenant = $1 AND direction = 'in' AND message_no = $2 AND kind = $3
        """,
        told.tenant,
        told.message_no,
        told.kind,
        "ignored" if newer is not None else "applied",
        work.keys.encrypt(msgspec.json.encode(answer).decode(), ANSWER),
        work.keys.encrypt_bytes(told.body, BODY),
        told.file,
        told.digest,
    )
    return answer


async def _claim(work: UnitOfWork, told: Told) -> Mapping[str, Any] | None:
    """Have the number for this message alone; answers what it was answered before, if it was."""
    rows = await work.fetch(
        """
        INSERT INTO office_messages (id, tenant, direction, message_no, kind, external_id,
                                     application_id, state, body, file, digest, tries, created_at)
        VALUES ($1, $2, 'in', $3, $4, $5, $6, 'rejected', $7, $8, $9, 1, tramita_now())
        ON CONFLICT (tenant, direction, message_no) DO UPDATE SET tries = office_messages.tries + 1
        RETURNING state, digest, answer
        """,
        new_id(),
        told.tenant,
        told.message_no,
        told.kind,
        told.external_id,
        told.application_id,
        work.keys.encrypt_bytes(told.body, BODY),
        told.file,
        told.digest,
    )
    row = rows[0]
    if row["state"] == "rejected":
        if row["digest"] != told.digest:
            # What was refused may be sent anew, and better.
            await work.fetch(
                "UPDATE office_messages SET kind = $3, external_id = $4, application_id = $5 "
                "WHERE tenant = $1 AND direction = 'in' AND message_no = $2",
                told.tenant,
                told.message_no,
                told.kind,
                told.external_id,
                told.application_id,
            )
        return None
    if row["digest"] != told.digest:
        raise MessageNumberReused(number=told.message_no)
    answered: Mapping[str, Any] = msgspec.json.decode(work.keys.decrypt(row["answer"], ANSWER))
    return answered


async def _newer(work: UnitOfWork, told: Told) -> int | None:
    if told.kind not in _IN_ORDER or told.application_id is None:
        return None
    # A newer one that is being heard at this moment is waited for.
    await lock_applications(work, [told.application_id])
    rows = await work.fetch(
        "SELECT max(message_no) AS newer FROM office_messages WHERE tenant = $1 AND direction = 'in' "
        "AND kind = $2 AND application_id = $3 AND message_no > $4 AND state = 'applied'",
        told.tenant,
        told.kind,
        told.application_id,
        told.message_no,
    )
    newer: int | None = rows[0]["newer"]
    return newer


async def _reject(work: UnitOfWork, told: Told, error: TramitaError) -> None:
    said: dict[str, Any] = {"code": error.code, "detail": str(error)}
    if isinstance(error, InvalidError):
        said["errors"] = [
            {"path": one.path, "code": one.code, "message": one.message} for one in error.errors
        ]
    if await _claim(work, told) is not None:
        return  # Somebody else sent the same at the same time, and was heard.
    await work.fetch(
        "UPDATE office_messages SET answer = $3, body = $4, file = $5, digest = $6, "
        "handled_at = tramita_now() "
        "WHERE tenant = $1 AND direction = 'in' AND message_no = $2",
        told.tenant,
        told.message_no,
        work.keys.encrypt(msgspec.json.encode(said).decode(), ANSWER),
        work.keys.encrypt_bytes(told.body, BODY),
        told.file,
        told.digest,
    )
