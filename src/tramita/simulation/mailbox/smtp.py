"""The server's side of SMTP, as far as one client speaks it, with whatever can go wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from tramita.simulation.faults import Fault
from tramita.simulation.kinds import Step
from tramita.simulation.world import World

Keep = Callable[[str, tuple[str, ...], bytes], None]

_LONGEST = 30 * 1024 * 1024
_SILENT = frozenset({Step.RESET_BEFORE, Step.REFUSE_CONNECTIONS, Step.HANG})
_LATE = frozenset({Step.SLOW, Step.HOLD, Step.TRICKLE})
_CUT = frozenset({Step.RESET_AFTER, Step.CUT, Step.DO_LATER})
_OK = "250 2.0.0 OK"


class Cut(Exception):
    """The connection ends here."""


class MailServer:
    """Listens on a port of its own while ``running``."""

    def __init__(self, world: World, keep: Keep, is_away: Callable[[], bool]) -> None:
        self.port = 0
        self._world, self._keep, self._is_away = world, keep, is_away
        self._visits: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take e-mails, on loopback."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LONGEST)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            self.port = 0
            server.close()
            for visit, writer in self._visits.items():
                writer.transport.abort()
                if visit is not None:
                    visit.cancel()
            if ending := [task for task in self._visits if task is not None]:
                await asyncio.wait(ending, timeout=1)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        self._visits[visit] = writer
        self._world.traffic.enter()
        try:
            if not self._is_away():
                await _Session(self._world, self._keep, reader, writer).speak()
        except (Cut, OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self._world.traffic.leave()
            writer.transport.abort()
            del self._visits[visit]


@dataclass
class _Session:
    """One client's visit."""

    world: World
    keep: Keep
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    recipients: list[str] = field(default_factory=list)

    async def speak(self) -> None:
        """Greet, then answer line by line until the client leaves."""
        await self._do("connect", "", lambda: "220 mailbox.example ESMTP")
        while line := (await self.reader.readline()).decode("utf-8", "replace").strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    await self._say("250-mailbox.example\r\n250-8BITMIME\r\n250 SMTPUTF8")
                case "MAIL":
                    await self._do("mail", rest, partial(self._begin, _address(rest)))
                case "RCPT":
                    await self._do("rcpt", rest, partial(self._add, _address(rest)))
                case "DATA":
                    await self._take()
                case "RSET" | "NOOP":
                    await self._say(_OK)
                case "QUIT":
                    await self._say("221 2.0.0 Bye")
                    return
                case _:
                    await self._say("502 5.5.1 I do not know that")

    def _begin(self, sender: str) -> str:
        self.sender, self.recipients = sender, []
        return _OK

    def _add(self, recipient: str) -> str:
        self.recipients.append(recipient)
        return _OK

    async def _take(self) -> None:
        if not self.recipients:
            await self._say("503 5.5.1 To whom?")
            return
        await self._say("354 Go ahead")
        raw = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        recipients = tuple(self.recipients)

        def take() -> str:
            self.keep(self.sender, recipients, raw)
            return _OK

        await self._do("data", ", ".join(recipients), take)

    async def _do(self, operation: str, what: str, effect: Callable[[], str]) -> None:
        """Carry out one step as today's faults let it, and keep it in the journal."""
        at = self.world.clock.now()
        entry = self.world.journal.open(
            at=at, request_id=uuid4().hex, method="SMTP", path=f"/{operation}"
        )
        entry.operation, entry.fields = operation, {"address": what}
        fault = self.world.faults.strike(operation, {"address": what}, random=self.world.random)
        entry.fault = fault.kind if fault else None
        try:
            answer = await self._play(fault, effect)
        except BaseException:
            entry.delivery = "cut"
            raise
        entry.status, entry.answer, entry.delivery = int(answer[:3]), answer.encode(), "answered"

    async def _play(self, fault: Fault | None, effect: Callable[[], str]) -> str:
        if fault is None:
            return await self._say(effect())
        step = fault.conduct.step
        if step in _SILENT:
            if step is Step.HANG:
                await self._wait(fault)
            raise Cut
        if step is Step.REFUSE:
            if fault.is_after_effect:
                effect()
            return await self._say(f"{fault.conduct.status} Not now, or never")
        if step is Step.SLOW:
            # It has what its client gave it, and does not notice that the client has gone.
            await fault.last()
        answer = effect()
        if step in _CUT:
            raise Cut
        if step in _LATE - {Step.SLOW}:
            await self._wait(fault)
        elif step is not Step.SLOW:
            self.writer.write(b"<html>\r\n")
            await self.writer.drain()
            raise Cut
        return await self._say(answer)

    async def _wait(self, fault: Fault) -> None:
        """As long as the fault lasts, or until the client has gone."""
        last, gone = (asyncio.ensure_future(one) for one in (fault.last(), self.reader.read(1)))
        try:
            await asyncio.wait((last, gone), return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise Cut
        finally:
            last.cancel()
            gone.cancel()

    async def _say(self, answer: str) -> str:
        self.writer.write(f"{answer}\r\n".encode())
        await self.writer.drain()
        return answer


def _address(said: str) -> str:
    """``ana@campus.example`` of ``FROM:<ana@campus.example> SIZE=1``."""
    return said.partition("<")[2].partition(">")[0]
