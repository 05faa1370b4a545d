"""A base that cannot be called asks the platform for its messages, as a background job does."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import aiohttp
import msgspec

from tramita.providers.onec.simulator.book import Book, Document, DocumentJob
from tramita.providers.onec.simulator.dirt import dated
from tramita.providers.onec.simulator.pushes import PATH, Pushes
from tramita.providers.onec.simulator.requests import (
    AskedDocument,
    SentAgent,
    SentApplication,
    SentFiles,
    SentPayment,
)
from tramita.simulation.front.asking import Refused

_JOB = "background job"


@dataclass
class Fetching:
    """Asks again and again, as long as the base is out of reach; ``on_asked`` makes documents."""

    book: Book
    pushes: Pushes
    on_asked: Callable[[DocumentJob], None]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ask until the block ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                await asyncio.sleep(self.book.conditions.poll_seconds)
                url = self.book.world.post_office.url
                if url is None or self.book.conditions.is_reachable:
                    continue
                with suppress(aiohttp.ClientError, TimeoutError):
                    await self._fetch(session, urljoin(url, f"{PATH}/outbox"))

    async def _fetch(self, session: aiohttp.ClientSession, url: str) -> None:
        known_as = b64encode(self.pushes.caller.encode()).decode()
        headers = {"authorization": f"Basic {known_as}"}
        async with session.get(url, headers=headers) as answer:
            if answer.status != 200:
                return
            messages = (await answer.json())["messages"]
        if self.book.conditions.is_reachable:
            return  # Since it asked: it is called from now on, and takes nothing by itself.
        said = [self._take(one) for one in messages]
        if said:
            async with session.post(f"{url}/ack", json={"messages": said}, headers=headers) as done:
                await done.read()

    def _take(self, message: Mapping[str, Any]) -> dict[str, object]:
        said: dict[str, object] = {"message_no": message["message_no"]}
        try:
            known = self._apply(message["kind"], message["body"])
        except Refused as refused:
            return said | {"error": str(refused)}
        return said if known is None else said | {"document": _shown(known)}

    def _apply(self, kind: str, body: Mapping[str, Any]) -> Document | None:
        match kind:
            case "application":
                sent = msgspec.convert(body, SentApplication)
                return self.book.create(sent, request_id=_JOB, is_known=True)
            case "update":
                sent = msgspec.convert(body, SentApplication)
                return self.book.update(sent, request_id=_JOB)
            case "cancel":
                self.book.cancel(body["external_id"], body["reason"], request_id=_JOB)
            case "payment":
                self.book.pay(msgspec.convert(body, SentPayment), request_id=_JOB)
            case "agent":
                self.book.name(msgspec.convert(body, SentAgent), request_id=_JOB)
            case "files":
                self.book.attach(msgspec.convert(body, SentFiles), request_id=_JOB)
            case _:
                asked = msgspec.convert(body, AskedDocument)
                self.on_asked(self.book.ask(asked, request_id=_JOB))
        return None


def _shown(known: Document) -> dict[str, object]:
    return {
        "external_id": known.external_id,
        "ref_key": str(known.ref),
        "number": known.number,
        "date": dated(known.date),
        "accepted_revision": known.revision,
    }
