"""The later lives of contracts in the database: found and locked, and written back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from random import random
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.database.rows import lock_rows, update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.portability.later_life.balance import Loan
from tramita.portability.later_life.course import Effect, Standing, Topic
from tramita.portability.later_life.expected_times import next_poll
from tramita.portability.lifecycle import DEAD, PortabilityStatus, PortabilityTrigger
from tramita.portability.ports import ConsentStatus, News, Stage
from tramita.portability.reasons import Reason


@dataclass(frozen=True, slots=True)
class Event:
    """One message about a contract's proposal, and what it did."""

    news: News
    source: str
    effect: Effect


@dataclass
class Life:
    """A locked contract: how it stood, how it stands now, and what led there.

    ``number`` is the one the provider knows it by; ``now`` is the platform's time. ``unwanted`` says why its proposal must not live on.
    """

    id: UUID
    number: str
    proposal_key: str
    keys: frozenset[str]
    loan: Loan | None
    before: Standing
    now: datetime
    standing: Standing = field(init=False)
    moves: list[tuple[PortabilityTrigger, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    unwanted: str | None = None

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        self.standing = self.before

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write and to tell."""
        return self.standing != self.before

    @property
    def has_ended(self) -> bool:
        """Whether it is over without success now, and was not before."""
        return self.standing.status in DEAD and self.before.status not in DEAD

    @property
    def is_paid(self) -> bool:
        """Whether it is paid now, and was not before."""
        paid = PortabilityStatus.FINALIZADO
        return self.standing.status is paid and self.before.status is not paid


async def lock_lives(work: UnitOfWork, provider: str, keys: Sequence[str]) -> list[Life]:
    """The provider's contracts whose proposal, loan or refinancing has one of ``keys``, locked.

    Contracts whose proposal is still being judged are left out.
    """
    rows = await work.fetch(
        """
        SELECT c.*, tramita_now() AS now FROM envelope_contracts AS c
        WHERE c.provider = $2
          AND (c.proposal_key = ANY($1::text[]) OR c.credit_operation_key = ANY($1::text[])
               OR c.refinancing_key = ANY($1::text[]))
          AND c.proposal_key IS NOT NULL AND c.portability_status <> 'DIGITACAO'
        ORDER BY c.id FOR NO KEY UPDATE OF c
        """,
        list(keys),
        provider,
    )
    heard = await _heard(work, [row["id"] for row in rows])
    return [_life(row, heard.get(row["id"], {})) for row in rows]


async def _heard(work: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, dict[Topic, datetime]]:
    """When something was last said of each topic, by contract."""
    if not ids:
        return {}
    rows = await work.fetch(
        """
        SELECT contract_id, topic, max(happened_at) AS at
        FROM proposal_events JOIN unnest($2::text[]) AS t(topic) ON details ? topic
        WHERE contract_id = ANY($1::uuid[]) GROUP BY contract_id, topic
        """,
        list(ids),
        list(Topic),
    )
    heard: dict[UUID, dict[Topic, datetime]] = {}
    for row in rows:
        heard.setdefault(row["contract_id"], {})[Topic(row["topic"])] = row["at"]
    return heard


def _life(row: asyncpg.Record, heard: dict[Topic, datetime]) -> Life:
    keys = (row["proposal_key"], row["credit_operation_key"], row["refinancing_key"])
    return Life(
        id=row["id"],
        number=row["number_at_provider"],
        proposal_key=row["proposal_key"],
        keys=frozenset(key for key in keys if key is not None),
        loan=loan_of(row["financial"]),
        before=standing_of(row, heard),
        now=row["now"],
    )


def standing_of(row: asyncpg.Record, heard: dict[Topic, datetime] | None = None) -> Standing:
    """A contract's columns in the words of ``course``."""
    return Standing(
        status=PortabilityStatus(row["portability_status"]),
        stage=Stage(row["stage"]) if row["stage"] else None,
        stage_said=row["stage_said"],
        stage_at=row["stage_at"],
        portability_number=row["portability_number"],
        final_balance=row["final_balance"],
        balance_due_on=row["balance_due_on"],
        consent=ConsentStatus(row["consent_status"]) if row["consent_status"] else None,
        consent_expires_on=row["consent_expires_on"],
        refinancing_status=row["refinancing_status"],
        margin_registered_at=row["margin_registered_at"],
        margin_errors=tuple(row["margin_errors"]),
        signer_progress=row["signer_progress"],
        conflict=row["conflict"],
        reasons=tuple(Reason(one["code"], one["sentence"]) for one in row["reasons"]),
        heard=heard or {},
    )


def loan_of(financial: dict[str, Any] | None) -> Loan | None:
    """The loan of the accepted offer; ``None`` before there is one."""
    if financial is None:
        return None
    return Loan(
        issue_amount=Decimal(financial["issue_amount"]),
        monthly_interest_rate=Decimal(financial["monthly_interest_rate"]),
        number_of_installments=int(financial["number_of_installments"]),
        installment_amount=Decimal(financial["installment_amount"]),
    )


async def write_lives(work: UnitOfWork, lives: Sequence[Life]) -> None:
    """Write the columns of changed contracts, but for the statuses, in one statement."""
    columns = {one.id: _columns(one) for one in lives}
    await update_rows(work, "envelope_contracts", columns, are_locked=True)


def _columns(life: Life) -> dict[str, object]:
    known = life.standing
    same = {name: getattr(known, name) for name in _COLUMNS}
    poll_at = next_poll(known, life.now, dice=random())  # noqa: S311 - no secret
    return same | {"consent_status": known.consent, "poll_at": poll_at}


# Those of a standing that are kept under their own names, but for the status: it is moved.
_COLUMNS: Final = [
    one.name for one in fields(Standing) if one.name not in ("status", "consent", "heard")
]


async def ask_within(work: UnitOfWork, ids: Sequence[UUID], pause: timedelta) -> None:
    """Have the provider asked about contracts after ``pause``, if not before that anyway."""
    if len(ids) > 1:
        await lock_rows(work, "envelope_contracts", ids)
    await work.fetch(
        """
        UPDATE envelope_contracts SET poll_at = tramita_now() + $2::interval
        WHERE id = ANY($1::uuid[]) AND poll_at > tramita_now() + $2::interval
        """,
        list(ids),
        pause,
    )


async def keep_events(
    work: UnitOfWork, provider: str, events: Sequence[Event], *, contracts: Sequence[UUID | None]
) -> None:
    """Keep what was said, whatever became of it, each with its contract if it has one."""
    await work.fetch(
        """
        INSERT INTO proposal_events (provider, proposal_key, contract_id, source, said, stage,
                                     happened_at, received_at, effect, details)
        SELECT $9, proposal_key, contract_id, source, said, stage, happened_at, tramita_now(),
               effect, details::jsonb
        FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[],
                    $6::timestamptz[], $7::text[], $8::text[])
            AS e(proposal_key, contract_id, source, said, stage, happened_at, effect, details)
        """,
        [one.news.proposal_key for one in events],
        list(contracts),
        [one.source for one in events],
        [one.news.said for one in events],
        [one.news.stage for one in events],
        [one.news.happened_at for one in events],
        [one.effect.value for one in events],
        [_details(one.news) for one in events],
        provider,
    )


def _details(news: News) -> str:
    """What a message said beyond its stage."""
    said: dict[str, Any] = msgspec.to_builtins(news)
    for known in ("proposal_key", "happened_at", "said", "stage", "is_recognized"):
        del said[known]
    spoken = {name: value for name, value in said.items() if value is not None}
    return msgspec.json.encode(spoken).decode()
