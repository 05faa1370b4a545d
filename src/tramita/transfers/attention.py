"""What of applications needs a person, and is no operation: what happened, and what is to be done.

Nothing of it is kept: it is read from what stands there, and is gone when that has changed.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.conditions import is_written, one_of
from tramita.kit.database.work import UnitOfWork
from tramita.transfers.amounts import written
from tramita.transfers.lifecycle import GIVEN_UP, STRANDED, DocumentJobState, PaymentState
from tramita.transfers.model import Application

MOST: Final = 50
# Whoever has not looked at it by then will not any more.
_OF_DAYS: Final = 14


class Need(StrEnum):
    """What is to be done.

    ``RETURN_MONEY``: it is here, and belongs to nothing that is under way. ``SETTLE_MONEY``: it has
    gone on from here, or there is a problem with it. ``GET_DOCUMENT``: one that was asked for did
    not come.
    """

    RETURN_MONEY = "return_money"
    SETTLE_MONEY = "settle_money"
    GET_DOCUMENT = "get_document"


class Case(Struct):
    """Something that a person has to see to; ``what`` are the words of whoever brought it about."""

    need: Need
    application_id: UUID
    tenant: str
    amount: str | None
    currency: str | None
    since: datetime
    what: str | None = None


# A problem that was there before the end was known when it was ended.
_OF_MONEY: Final = f"""
    FROM applications AS a
    WHERE {one_of("a.state", GIVEN_UP)} AND {one_of("a.payment_state", STRANDED)}
      AND (a.payment_state <> '{PaymentState.PROBLEM}' OR a.payment_moved_at > a.finished_at)
      AND {{bounds}}
"""
_OF_DOCUMENTS: Final = f"""
    FROM document_jobs AS j JOIN applications AS a ON a.id = j.application_id
    WHERE {one_of("j.state", [DocumentJobState.FAILED])} AND j.document_id IS NULL
      AND j.created_at > tramita_now() - interval '{_OF_DAYS:d} days'
      AND NOT {one_of("a.state", GIVEN_UP)} AND {{bounds}}
      AND NOT EXISTS (SELECT FROM document_jobs AS n
                      WHERE n.application_id = j.application_id AND n.kind = j.kind AND n.id > j.id)
"""
_MONEY: Final = f"""
    SELECT CASE a.payment_state WHEN '{PaymentState.FUNDS_RECEIVED}' THEN '{Need.RETURN_MONEY}'
           ELSE '{Need.SETTLE_MONEY}' END AS need,
           a.id AS application_id, a.tenant, a.amount::text, a.currency, a.payment_moved_at AS since
    {_OF_MONEY} ORDER BY a.payment_moved_at LIMIT $1
"""
_DOCUMENTS: Final = f"""
    SELECT '{Need.GET_DOCUMENT}' AS need, a.id AS application_id, a.tenant, a.amount::text, a.currency,
           j.ended_at AS since, j.reason AS what
    {_OF_DOCUMENTS} ORDER BY j.ended_at LIMIT $1
"""
_COUNT: Final = f"""
    SELECT (SELECT count(*) FROM (SELECT {_OF_MONEY} LIMIT $1) AS money)
         + (SELECT count(*) FROM (SELECT {_OF_DOCUMENTS} LIMIT $1) AS documents) AS n
"""  # noqa: S608 - constants


def need_of(application: Application) -> Need | None:
    """What is to be done about an application's money, if anything."""
    payment, moved = PaymentState(application.payment_state), application.payment_moved_at
    if application.state not in GIVEN_UP or payment not in STRANDED:
        return None
    if payment is PaymentState.PROBLEM:
        ended = application.finished_at
        is_news = moved is not None and ended is not None and moved > ended
        return Need.SETTLE_MONEY if is_news else None
    return Need.RETURN_MONEY if payment is PaymentState.FUNDS_RECEIVED else Need.SETTLE_MONEY


async def list_cases(work: UnitOfWork, most: int = MOST) -> list[Case]:
    """What waits for a person within the caller's bounds: money first, the oldest first, ``most`` of each."""
    bounds = _bounds(work)
    money = await work.read(Case, _MONEY.format(bounds=bounds), most)
    documents = await work.read(Case, _DOCUMENTS.format(bounds=bounds), most)
    for one in (*money, *documents):
        one.amount = one.amount and written(Decimal(one.amount), one.currency)
    for one in documents:
        one.what = one.what and work.keys.decrypt(one.what, "document_jobs.reason")
    return [*money, *documents]


async def count_cases(work: UnitOfWork, most: int | None = None) -> int:
    """How many there are; of each kind no more than ``most``."""
    rows = await work.fetch(_COUNT.format(bounds=_bounds(work)), most)
    count: int = rows[0]["n"]
    return count


def _bounds(work: UnitOfWork) -> str:
    tenant, carrier = work.bounds.limits
    own = [
        is_written(column, value)
        for column, value in (("a.tenant", tenant), ("a.carrier", carrier))
        if value is not None
    ]
    return " AND ".join(["true", *own])
