"""How much a tenant, and a guest of it, may have us keep within an hour.

Else one could fill everybody's disk. It is counted before it is kept, in a statement of its own, so a
thousand at the same time are a thousand; what is refused or fails afterwards has counted. Hours are
real ones: moving the platform's clock opens nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tramita.kit.database.engine import Database
from tramita.kit.errors import TooManyError
from tramita.kit.kept import Kept, Now
from tramita.kit.runtime import Runtime

_MEGABYTE: Final = 1_000_000


class QuotaSettings(BaseSettings):
    """How much one tenant may have kept within an hour; 0: any amount."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_QUOTA_", extra="ignore")

    uploads: int = Field(default=2000, ge=0, description="Files that a tenant's people bring.")
    upload_megabytes: int = Field(default=5000, ge=0, description="Megabytes that these have.")
    guest_uploads: int = Field(default=60, ge=0, description="Files that one guest brings.")
    guest_megabytes: int = Field(default=300, ge=0, description="Megabytes that these have.")
    messages: int = Field(
        default=200_000, ge=0, description="Messages of chats that a tenant's programs hand in."
    )


@dataclass(frozen=True, slots=True)
class Quota:
    """``most`` of ``what`` under ``key``, of which ``n`` are wanted."""

    key: str
    what: str
    n: int
    most: int


class QuotaExceeded(TooManyError):
    """Too much was sent within this hour: no more {what} until the next one."""

    def __init__(self, what: str, wait: timedelta) -> None:
        """Say when to come again."""
        super().__init__(what=what)
        self.retry_after = wait


async def take(database: Database, quotas: Sequence[Quota]) -> None:
    """Count what is wanted; raises ``QuotaExceeded`` where one of these allows no more."""
    limited = {one.key: one for one in quotas if one.most}
    rows = await database.fetch(
        """
        INSERT INTO quotas AS q (hour, key, taken)
        SELECT date_trunc('hour', now()), key, n
        FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w(key, n, most)
        WHERE n <= most ORDER BY key
        ON CONFLICT (hour, key) DO UPDATE SET taken = q.taken + excluded.taken
        WHERE q.taken + excluded.taken <= ($4::jsonb -> q.key)::bigint
        RETURNING key
        """,
        list(limited),
        [one.n for one in limited.values()],
        [one.most for one in limited.values()],
        msgspec.json.encode({key: one.most for key, one in limited.items()}).decode(),
    )
    counted = {row["key"] for row in rows}
    for key, one in limited.items():
        if key not in counted:
            raise QuotaExceeded(one.what, await _until_next(database))


async def _until_next(database: Database) -> timedelta:
    rows = await database.fetch(
        "SELECT date_trunc('hour', now()) + interval '1 hour' - now() AS wait"
    )
    wait: timedelta = rows[0]["wait"]
    return wait


async def take_upload(
    runtime: Runtime, tenant: str, size: int, *, guest: str | None = None
) -> None:
    """Count a file of a tenant, and of the guest of it who brings it; raises ``QuotaExceeded``."""
    settings = runtime.configured(QuotaSettings)
    of = [(tenant, settings.uploads, settings.upload_megabytes)]
    if guest is not None:
        of.append((guest, settings.guest_uploads, settings.guest_megabytes))
    quotas = [
        one
        for whose, files, megabytes in of
        for one in (
            Quota(f"files:{whose}", "files", 1, files),
            Quota(f"bytes:{whose}", "bytes of files", size, megabytes * _MEGABYTE),
        )
    ]
    await take(runtime.database, quotas)


async def take_messages(runtime: Runtime, tenant: str, count: int) -> None:
    """Count messages that a tenant's programs hand in; raises ``QuotaExceeded``."""
    most = runtime.configured(QuotaSettings).messages
    await take(runtime.database, [Quota(f"messages:{tenant}", "messages", count, most)])


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="quotas",
        table="quotas",
        what="how much tenants and guests had kept in each hour",
        stays="nothing",
        age="hour",
        now=Now.REAL,
        days=1,
        order=("hour", "key"),
    ),
)
