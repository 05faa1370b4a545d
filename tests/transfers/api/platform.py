"""Two tenants who call the platform's API, and what they do there."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.transfers.house import FIELDS, MASTER, OTHER, House
from tests.web.conftest import Answer, Site
from tramita.kit.bounds import ALL_TENANTS
from tramita.kit.tokens import create_token

SCOPES = [
    f"{one}:{act}"
    for one in ("tenants", "agents", "applications", "market")
    for act in ("read", "write")
]
TERMS = {
    "payer_amount": "160000.00",
    "payer_currency": "RUB",
    "payout_amount": "12500.00",
    "payout_currency": "CNY",
    "rate": "12.8",
    "conditions": "оплата в день заявки",
}


@dataclass(frozen=True)
class Partner:
    """A tenant's system, by its token."""

    site: Site
    headers: dict[str, str]

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request below ``/api/v1``."""
        headers = self.headers | request.pop("headers", {})
        return await self.site.ask(method, f"/api/v1{path}", headers=headers, **request)

    async def good(self, method: str, path: str, body: Any = None, **request: Any) -> Any:
        """The body of an answer that is good."""
        more = {} if body is None else {"json": body}
        answer = await self.ask(method, path, **more, **request)
        assert answer.status < 300, answer.body
        return answer.body

    async def code(
        self, method: str, path: str, body: Any = None, **request: Any
    ) -> tuple[int, str]:
        """Status and code of one that is not."""
        more = {} if body is None else {"json": body}
        answer = await self.ask(method, path, **more, **request)
        return answer.status, answer.body["code"]

    async def draft(self, **more: Any) -> Any:
        """A draft, filled in."""
        return await self.good("POST", "/applications", {"fields": dict(FIELDS)} | more)

    async def bring_invoice(self, made: Any) -> Any:
        """Add what is to be paid."""
        form = aiohttp.FormData()
        form.add_field("kind", "invoice")
        form.add_field("file", b"%PDF-1.7 of invoice 77", filename="invoice 77.pdf")
        return await self.good("POST", f"/applications/{made['id']}/documents", data=form)

    async def published(self, **more: Any) -> Any:
        """One that counts."""
        made = await self.draft(**more)
        if made["kind"] != "ordinary":
            await self.bring_invoice(made)
        return await self.good("POST", f"/applications/{made['id']}/status", {"to": "new_in_house"})


@dataclass(frozen=True)
class Platform:
    """``master`` and ``other`` are tenants, ``everybody`` may see all of them."""

    site: Site
    house: House
    master: Partner
    other: Partner
    everybody: Partner

    async def published_by_other(self) -> Any:
        """An ordinary application that counts."""
        return await self.other.published()


async def open_platform(site: Site, house: House) -> Platform:
    """Tokens for two tenants and for the house."""

    async def partner(tenant: str, *more: str) -> Partner:
        async with site.runtime.database.unit_of_work() as work:
            token = await create_token(work, f"{tenant}{more}", [*SCOPES, *more], tenant=tenant)
        return Partner(site, {"Authorization": f"Bearer {token}"})

    return Platform(
        site,
        house,
        await partner(MASTER),
        await partner(OTHER),
        await partner("house", ALL_TENANTS),
    )
