"""What everybody promises who takes a vendor's own messages.

- What the vendor sent is believed, and nothing that was changed, forged or is nobody's.
- A message that comes twice is known again, and another is another.
- Whatever is in one, reading it ends in our words, or in a message that is kept as not understood.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

from aiohttp import web

from tramita.kit.inbox import NOT_READ
from tramita.kit.outside import storable_json
from tramita.kit.provider import Posted, Provider, Receiver
from tramita.testing.bending import bend
from tramita.testing.scene import Scene, open_scene

P = TypeVar("P")

_PATIENCE: Final = 60
_JUNK: Final = ("", "x", "ção", "sha256=", "Bearer ", "Basic Og==", "QIT :", "." * 5000)


@dataclass
class Mailbox(Generic[P]):
    """What the vendor of a scene posted, and who judges it."""

    scene: Scene[P]
    receiver: Receiver
    posted: "asyncio.Queue[Posted]"

    async def next(self) -> Posted:
        """The next message, which is on its way."""
        async with asyncio.timeout(_PATIENCE):
            return await self.posted.get()


@asynccontextmanager
async def listening_for(
    key: str, door: str = ""
) -> AsyncIterator[tuple[int, "asyncio.Queue[Posted]"]]:
    """A port where a vendor finds us by its key, or at a ``door`` of its own, and what it posts there."""
    posted: asyncio.Queue[Posted] = asyncio.Queue()

    async def keep(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        await posted.put(Posted(request.method, request.path, headers, await request.read()))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post(door or f"/webhooks/{key}", keep)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1], posted
    finally:
        await runner.cleanup()


class MessageSuite(Generic[P]):
    """Subclass it as ``Test…``; ``port`` is that of the gateway which reads the messages.

    ``signs_bodies``: not so where a password is all that the vendor shows. ``door`` is the path
    that it posts to, where that is another than ``/webhooks/<key>``.
    """

    provider: ClassVar[Provider]
    port: type[P]
    settings: ClassVar[Mapping[str, Any]] = {}
    signs_bodies: ClassVar[bool] = True
    door: ClassVar[str] = ""

    async def provoke(self, scene: Scene[P]) -> None:
        """Have the vendor post something that it has not posted before."""
        raise NotImplementedError

    def reader(self, scene: Scene[P]) -> Callable[[bytes], object]:
        """What the area's job reads a message with."""
        raise NotImplementedError

    @asynccontextmanager
    async def mailbox(self, folder: Path) -> AsyncIterator[Mailbox[P]]:
        """A vendor that posts to us."""
        door = self.door or f"/webhooks/{self.provider.key}"
        async with (
            listening_for(self.provider.key, door) as (port, posted),
            open_scene(self.provider, self.port, folder, self.settings, our_port=port) as scene,
        ):
            assert self.provider.receiver is not None
            receiver = self.provider.receiver(scene.connection)
            await scene.vendor.subscribe(f"http://127.0.0.1:{port}{door}")
            yield Mailbox(scene, receiver, posted)

    async def test_are_believed_as_they_were_sent(self, tmp_path: Path) -> None:
        """And not with another body, or with nothing that proves whose they are."""
        async with self.mailbox(tmp_path) as mailbox:
            await self.provoke(mailbox.scene)
            posted = await mailbox.next()

        assert mailbox.receiver.verify(posted)
        for body in (posted.body + b" ", b"") if self.signs_bodies else ():
            assert not mailbox.receiver.verify(replace(posted, body=body))
        assert not mailbox.receiver.verify(replace(posted, headers={}))

    async def test_of_nobody_are_not_believed(self, tmp_path: Path) -> None:
        """Whatever stands in their headers; and judging them raises nothing."""
        async with self.mailbox(tmp_path) as mailbox:
            await self.provoke(mailbox.scene)
            posted = await mailbox.next()

        for junk in _JUNK:
            for name in posted.headers:
                mailbox.receiver.verify(replace(posted, headers={**posted.headers, name: junk}))
            headers = dict.fromkeys(posted.headers, junk)
            assert not mailbox.receiver.verify(replace(posted, headers=headers)), junk

    async def test_that_were_forged_are_not_believed(self, tmp_path: Path) -> None:
        """A stranger may know our address, and what a message looks like."""
        async with self.mailbox(tmp_path) as mailbox:
            await mailbox.scene.vendor.fail_webhook("webhook_forged", count=None)
            await self.provoke(mailbox.scene)

            assert not mailbox.receiver.verify(await mailbox.next())

    async def test_are_known_again(self, tmp_path: Path) -> None:
        """One that is delivered twice is one; the next one is another."""
        async with self.mailbox(tmp_path) as mailbox:
            await mailbox.scene.vendor.fail_webhook("webhook_duplicate")
            await self.provoke(mailbox.scene)
            first, again = await mailbox.next(), await mailbox.next()
            await self.provoke(mailbox.scene)
            other = await mailbox.next()

        name = mailbox.receiver.vendor_id or (lambda body: body.hex())
        assert name(first.body) == name(again.body)
        assert name(first.body) != name(other.body)

    async def test_are_read_whatever_is_in_them(self, tmp_path: Path) -> None:
        """One that is not understood holds nothing up."""
        async with self.mailbox(tmp_path) as mailbox:
            await self.provoke(mailbox.scene)
            posted = await mailbox.next()
            read = self.reader(mailbox.scene)

            for body in (posted.body, *bend(posted.body)):
                if mailbox.receiver.vendor_id is not None:
                    assert isinstance(mailbox.receiver.vendor_id(body), str | None), body[:200]
                try:
                    said = read(storable_json(body))
                except NOT_READ:
                    continue
                assert "\\x00" not in repr(said), body[:200]
