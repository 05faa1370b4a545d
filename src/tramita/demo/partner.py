"""Tramita's API, as the demo's partner uses it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

DEADLINE_SECONDS = 60
PAUSE_SECONDS = 0.1
# An outside act in one of these goes on by itself.
_UNDER_WAY = ("prepared", "sent", "pending", "not_sent", "unknown")

View = dict[str, Any]


@dataclass(frozen=True)
class Partner:
    """Makes envelopes, requests links, looks."""

    session: aiohttp.ClientSession

    async def make(self, body: dict[str, Any]) -> str:
        """A new envelope; answers its token."""
        made = await self._post("/api/v1/envelopes", body)
        token: str = made["token"]
        return token

    async def request_link(self, token: str) -> None:
        """Have every contract of an envelope sent."""
        await self._post("/api/contratos/formalizacao/enviar-link/", {"token": token})

    async def progress(self, token: str) -> AsyncIterator[int]:
        """How many more contracts are through, each time some are, until all are."""
        done = 0
        async with self.session.ws_connect(f"/ws/{token}") as socket:
            while True:
                message = await socket.receive_json(timeout=DEADLINE_SECONDS)
                if message["type"] == "CONTRACT_PROGRESS":
                    yield message["done"] - done
                    done = message["done"]
                if message["type"] == "CONTRACTS_PROCESSED":
                    return

    async def cancel(self, token: str) -> None:
        """Cancel a whole envelope."""
        await self._post(f"/api/v1/envelopes/{token}/cancel", {})

    async def envelope(self, token: str) -> View:
        """An envelope as it stands."""
        return await self._get(f"/api/v1/envelopes/{token}")

    async def installments(self, token: str) -> dict[str, str | None]:
        """What each contract costs a month, by number, as the client reads it."""
        details = await self._get(f"/api/detalhe-formalizacao/{token}/")
        return {
            one["number"]: one["portability"]["financial"]["installment_amount"]
            for one in details.get("contracts", [])
            if one["portability"] and one["portability"]["financial"]
        }

    async def attempts(self) -> dict[str, int]:
        """How often each contract's proposal was sent, by the contract's id."""
        found, cursor = {}, ""
        while True:
            page = await self._get(f"/api/v1/operations?limit=200{cursor}")
            for one in page["items"]:
                if one["kind"] == "portability.insert_proposal":
                    found[one["subject_id"]] = one["attempts"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    async def until(self, token: str, is_so: Callable[[View], bool]) -> View:
        """Look at an envelope again and again until it is so."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not is_so(view := await self.envelope(token)):  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(PAUSE_SECONDS)
        return view

    async def until_at_rest(self) -> None:
        """Wait until no outside act is under way any more."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await self._count_under_way():  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(PAUSE_SECONDS)

    async def _count_under_way(self) -> int:
        pages = [await self._get(f"/api/v1/operations?limit=1&state={one}") for one in _UNDER_WAY]
        return sum(len(page["items"]) for page in pages)

    async def _get(self, path: str) -> View:
        async with self.session.get(path) as answer:
            return await read_answer(answer)

    async def _post(self, path: str, body: dict[str, Any]) -> View:
        async with self.session.post(path, json=body) as answer:
            return await read_answer(answer)


async def read_answer(answer: aiohttp.ClientResponse) -> View:
    """The JSON of an answer; raises with what was said when it is no success."""
    if not answer.ok:
        raise RuntimeError(f"{answer.url.path}: {answer.status} {await answer.text()}")
    content: View = await answer.json()
    return content
