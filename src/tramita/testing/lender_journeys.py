"""The journeys of a portability at a lender, as far as the lender's capabilities reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Final, TypeAlias
from uuid import UUID, uuid4

import asyncpg
from PIL import Image

from tramita.kit import inbox
from tramita.kit.database.engine import Database
from tramita.kit.jobs import Worker
from tramita.kit.live import Live
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.provider import Posted, Provider
from tramita.kit.runtime import Runtime
from tramita.portability.area import AREA
from tramita.portability.check import check_portability
from tramita.portability.documents import keep_picture
from tramita.portability.ending import cancel_envelope
from tramita.portability.model import PORTABILITY_PRODUCT, Client
from tramita.portability.pictures import PictureKind, examine
from tramita.portability.ports import (
    PictureLimits,
    Pictures,
    Proposal,
    ProposalGateway,
    SignatureGroups,
    Stage,
)
from tramita.portability.profile import profile_of
from tramita.portability.service import create_envelope, send_formalization_link
from tramita.portability.settings import PortabilitySettings
from tramita.portability.sold import Sold
from tramita.portability.stored_pictures import PictureState
from tramita.testing.control import VendorControl
from tramita.testing.gateways import done
from tramita.testing.messages import listening_for
from tramita.testing.scene import Scene, attempt, open_scene
from tramita.testing.waiting import until

# What somebody at the lender does about one of our contract numbers.
Deed: TypeAlias = Callable[[VendorControl, str], Awaitable[object]]
_BETWEEN_LOOKS: Final = timedelta(seconds=0.2)
_QUICK: Final = PortabilitySettings(ask_after=0.05, not_found_for=0.2, message_pause=0.1)


@dataclass(frozen=True)
class Journey:
    """A process that is connected to one lender, and a contract on its way."""

    scene: Scene[ProposalGateway]
    runtime: Runtime
    token: UUID
    number: str

    async def row(self) -> asyncpg.Record:
        """The contract."""
        async with self.runtime.database.unit_of_work() as work:
            [row] = await work.fetch(
                "SELECT * FROM envelope_contracts WHERE number = $1", self.number
            )
        return row

    async def until_stage(self, *stages: Stage) -> None:
        """Wait until it has come so far."""

        async def is_there() -> bool:
            return bool((await self.row())["stage"] in stages)

        try:
            await until(is_there)
        except TimeoutError:
            row = await self.row()
            raise AssertionError((stages, row["stage"], row["reasons"])) from None

    async def states(self) -> set[str]:
        """Where its outside acts stand."""
        async with self.runtime.database.unit_of_work() as work:
            rows = await work.fetch("SELECT DISTINCT state FROM operations")
        return {row["state"] for row in rows}

    async def until_at_rest(self) -> None:
        """Wait until nothing is left to do; what is being decided may go on being decided."""

        async def is_so() -> bool:
            rest = {OperationState.SUCCEEDED, OperationState.REFUSED, OperationState.PENDING}
            return await self.states() <= rest

        await until(is_so)

    async def broken(self) -> list[str]:
        """What breaks an invariant, or could not be verified."""
        findings = await check_portability(self.runtime)
        return [
            *(one.sentence for finding in findings for one in finding.differences),
            *(finding.invariant for finding in findings if finding.not_verified),
        ]


class LenderJourneySuite:
    """Subclass it as ``Test…``; a fixture ``database_url`` names an empty, migrated database.

    ``course`` is what people outside do about a contract from its offer on, each with the
    stage that follows; the last is how far the simulator can take it. What is ours to do
    between, the journey does as far as the lender has it.
    """

    provider: ClassVar[Provider]
    settings: ClassVar[Mapping[str, Any]] = {}
    course: ClassVar[Sequence[tuple[Deed, Stage]]] = ()

    def proposal(self, contract_number: str) -> Proposal:
        """One that the simulator takes, and whose answer keeps our rules."""
        raise NotImplementedError

    async def arrange(self, scene: Scene[ProposalGateway]) -> None:
        """Order the vendor's day, where a quiet one is not enough."""

    async def approve(self, vendor: VendorControl, number: str) -> None:
        """Have the lender decide for it, where it does not at once."""

    @asynccontextmanager
    async def journey(self, folder: Path, address: str) -> AsyncIterator[Journey]:
        """A client's envelope with one contract, whose link was requested."""
        key = self.provider.key
        async with AsyncExitStack() as stack:
            database = Database.open(address)
            stack.push_async_callback(database.close)
            port, posted = await stack.enter_async_context(listening_for(key))
            scene = await stack.enter_async_context(
                open_scene(self.provider, ProposalGateway, folder, self.settings, our_port=port)
            )
            await self.arrange(scene)
            await scene.vendor.subscribe(f"http://127.0.0.1:{port}/webhooks/{key}")
            runtime = Runtime(scene.connection.platform, database, Live(database.connect))
            runtime.connect_provider(
                self.provider, scene.connection.settings, scene.connection.exchange
            )
            runtime.configure(_QUICK)
            await stack.enter_async_context(_beside(_take_in(runtime, key, posted)))
            await stack.enter_async_context(_working(runtime))
            yield await self._begin(scene, runtime)

    async def _begin(self, scene: Scene[ProposalGateway], runtime: Runtime) -> Journey:
        """With a picture and one link for all: whoever has no such thing goes without."""
        key, number = self.provider.key, f"C-{uuid4().hex[:12]}"
        new = self.proposal(number)
        sold = Sold(PORTABILITY_PRODUCT, number, new.origin, new.terms, None, key)
        client = Client(new.borrower, new.benefit, new.bank_account)
        profile = profile_of(runtime, key)
        picture = examine(_picture(profile.policy.pictures), profile.policy.pictures)
        takes, is_joint = profile.can(Pictures), profile.can(SignatureGroups)
        async with runtime.database.unit_of_work(actor="test") as work:
            token = (await create_envelope(work, client, [sold])).token
            await work.session.flush()
            kind = PictureKind.SELFIE
            kept = await keep_picture(work, token, kind, picture, takes=lambda _: takes)
            await send_formalization_link(work, token, is_joint=lambda _: is_joint)
        assert takes == (kept.state is not PictureState.NOT_TAKEN)
        return Journey(scene, runtime, token, number)

    async def test_goes_as_far_as_it_can(self, tmp_path: Path, database_url: str) -> None:
        """From the link to the last of the course; nothing is parked, and all is in order."""
        async with self.journey(tmp_path, database_url) as journey:
            await self.approve(journey.scene.vendor, journey.number)
            await journey.until_stage(Stage.OFFERED)
            for deed, stage in self.course:
                await deed(journey.scene.vendor, journey.number)
                await journey.until_stage(stage)
            await journey.until_at_rest()

            assert [] == await journey.broken()
            assert [] == (await journey.row())["reasons"]

    async def test_is_cancelled_while_it_is_decided_about(
        self, tmp_path: Path, database_url: str
    ) -> None:
        """At once where the lender takes its time; else before anybody has signed."""
        async with self.journey(tmp_path, database_url) as journey:
            await journey.until_stage(Stage.DECIDING, Stage.OFFERED)
            await self._cancel(journey)

    async def test_is_cancelled_in_the_middle(self, tmp_path: Path, database_url: str) -> None:
        """After the first of the course: nothing lives on at the lender."""
        async with self.journey(tmp_path, database_url) as journey:
            await self.approve(journey.scene.vendor, journey.number)
            await journey.until_stage(Stage.OFFERED)
            for deed, stage in self.course[:1]:
                await deed(journey.scene.vendor, journey.number)
                await journey.until_stage(stage)
            await self._cancel(journey)

    async def _cancel(self, journey: Journey) -> None:
        async with journey.runtime.database.unit_of_work(actor="test") as work:
            await cancel_envelope(work, journey.token)
        await journey.until_at_rest()
        row = await journey.row()
        found = done(
            await journey.scene.gateway.find_proposals(row["number_at_provider"], attempt())
        )

        assert [] == [one for one in found if one.is_live]
        assert "CANCELADO" == row["contract_status"]
        assert [] == await journey.broken()


@asynccontextmanager
async def _working(runtime: Runtime) -> AsyncIterator[None]:
    """A worker for portability's jobs, which ends what it has begun."""
    worker = Worker(runtime.database.dsn, runtime, AREA.jobs, dequeue_timeout=_BETWEEN_LOOKS)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task


@asynccontextmanager
async def _beside(endless: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run something meanwhile; what went wrong with it is told in the end."""
    task = asyncio.create_task(endless)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _take_in(runtime: Runtime, key: str, posted: "asyncio.Queue[Posted]") -> None:
    """Keep what the lender posts, as the web does."""
    receiver = runtime.receivers[key]
    while True:
        one = await posted.get()
        assert receiver.verify(one), one.path
        async with runtime.database.unit_of_work(actor=key) as work:
            vendor_id = receiver.vendor_id(one.body) if receiver.vendor_id else None
            await inbox.receive(work, key, one.body, job=receiver.job, vendor_id=vendor_id)


def _picture(limits: PictureLimits) -> bytes:
    """A JPEG that is large enough."""
    written = BytesIO()
    Image.new("RGB", (limits.least_pixels, limits.least_pixels)).save(written, "JPEG")
    return written.getvalue()
