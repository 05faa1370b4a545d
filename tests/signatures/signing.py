"""Contracts to be signed, the house that has them signed, and whoever signs, on real sockets."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.emptying import empty
from tests.quiet import is_quiet
from tests.world import World, running_world
from tramita.contracts.backends import ContractBackend, install_backend, remove_backend
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.findings import Verdict
from tramita.signatures.capability import HasContractsSigned, SignatureChange
from tramita.signatures.check import check_signatures
from tramita.signatures.links import invitation_link
from tramita.signatures.queries import SignatureView, signature_state
from tramita.signatures.service import Document, Party, Signatory, request_signature
from tramita.signatures.settings import SignatureSettings
from tramita.testing.control import VendorControl
from tramita.testing.waiting import until

BACKEND = "papers"
PROVIDER = "lexpersona"
STUDENT = Signatory(Party.STUDENT, "Zoé Learner", "zoe@learners.example", "fr-fr")
OWNER = Signatory(Party.ORGANIZATION, "Olga Owner", "olga@school.example", "en-us")
OTHER_OWNER = Signatory(Party.ORGANIZATION, "Otto Owner", "otto@school.example", "fr-fr")
BOTH = (STUDENT, OWNER)
TEXT = Document("Contract of a course", "# Terms\n\nBoth of us agree.", "fr")
# What takes minutes in a service's day is a matter of moments here.
QUICK = SignatureSettings(
    ask_after=0.05, submit_grace=0.3, outage_wait=5.0, stale_seconds=0.0, lost_after=0.3
)

# Every operation that somebody will still act on.
_UNDER_WAY = "state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN')"


@dataclass
class Papers:
    """A backend that has its contracts signed, and remembers what it was told."""

    told: list[SignatureChange] = field(default_factory=list)

    async def signature_changed(self, _: UnitOfWork, changes: Sequence[SignatureChange]) -> None:
        """Remember it."""
        self.told += changes

    def states(self, contract_id: UUID) -> list[str]:
        """Where a contract's procedures came, one after the other."""
        return [one.state.value for one in self.told if one.contract_id == contract_id]


@contextmanager
def papers_installed() -> Iterator[Papers]:
    """The backend in this process."""
    papers = Papers()
    install_backend(ContractBackend(BACKEND, "Papers", answers={HasContractsSigned: papers}))
    try:
        yield papers
    finally:
        remove_backend(BACKEND)


@dataclass
class Signing:
    """Tramita, the signing service, and contracts."""

    world: World
    service: VendorControl
    papers: Papers
    settings: SignatureSettings

    async def begin_anew(self) -> None:
        """No contracts here, nothing known there, and nobody has told anything."""
        await empty(
            self.world.database,
            *("signatories", "signing_procedures", "documents", "stored_files", "operations"),
            *("exchanges", "inbox", "inbox_seen", "contracts"),
        )
        await self.service.reset(seed=7)
        await self.service.act(allows_profile=True)
        self.world.runtime.configure(self.settings)
        self.papers.told.clear()

    async def broken(self) -> list[str]:
        """Whatever breaks a promise about signatures, or could not be verified."""
        return [
            f"{one.invariant}: {one.verdict} {one.differences}"
            for one in await check_signatures(self.world.runtime)
            if one.verdict is not Verdict.KEPT
        ]

    async def contract(self, tenant: str = HOUSE) -> UUID:
        """A contract that is to be signed."""
        async with self.world.database.within(Bounds(tenant)).unit_of_work(actor="test") as work:
            return (await create_contract(work, NewContract("C-1", BACKEND))).id

    async def request(
        self,
        contract_id: UUID,
        document: Document = TEXT,
        signatories: Sequence[Signatory] = BOTH,
    ) -> UUID:
        """Have it signed; answers the procedure."""
        async with self.world.database.unit_of_work(actor="test") as work:
            return await request_signature(
                work, contract_id, document, signatories, settings=self.settings
            )

    async def submitted(self, state: str = "signing") -> UUID:
        """A contract whose procedure has come so far."""
        contract = await self.contract()
        await self.request(contract)
        await self.until(contract, "signing")
        for who in {"signing": (), "half_signed": (STUDENT,), "signed": BOTH}[state]:
            await self.sign(contract, who.email)
            await self.until(contract, "half_signed" if who is STUDENT else "signed")
        return contract

    async def state(self, contract_id: UUID) -> SignatureView:
        """What is known of it, without asking anybody."""
        async with self.world.database.unit_of_work(actor="test") as work:
            return await signature_state(work, contract_id)

    async def until(self, contract_id: UUID, state: str, *, deadline: float = 60) -> None:
        """Wait until its procedure stands there."""

        async def is_so() -> bool:
            return (await self.state(contract_id)).state == state

        await until(is_so, deadline=deadline)

    async def do_what_waits(self) -> None:
        """Have done now what is to be done some minutes later."""
        async with self.world.database.unit_of_work(actor="test") as work:
            for row in await work.fetch(
                "UPDATE operations SET lease_until = now() WHERE state = 'PREPARED' "
                "AND lease_until > now() + interval '1 minute' RETURNING id, job"
            ):
                work.enqueue(row["job"], operation_id=row["id"])

    async def until_at_rest(self, *, deadline: float = 60) -> None:
        """Wait until nothing is left to do outside, nor to be told or done here."""

        async def is_so() -> bool:
            await self.do_what_waits()
            return await is_quiet([self.service], self._has_nothing_to_do)

        await until(is_so, deadline=deadline)

    async def _has_nothing_to_do(self) -> bool:
        [row] = await self.world.fetch(
            f"SELECT (SELECT count(*) FROM operations WHERE {_UNDER_WAY}) "
            "+ (SELECT count(*) FROM pgqueuer WHERE status = 'queued' AND execute_after <= now()) "
            "+ (SELECT count(*) FROM pgqueuer WHERE status = 'picked') AS n"
        )
        return bool(row["n"] == 0)

    async def sign(self, contract_id: UUID, email: str) -> None:
        """Somebody signs on the service's page, where their link leads."""
        invitation = await invitation_link(self.world.runtime, [contract_id], email)
        await self.press(invitation.invitation_link, "sign")

    async def sign_unheard(self, contract_id: UUID, who: Signatory) -> None:
        """Somebody signs there, and nothing of it comes to us."""
        subject = await self.subject(contract_id)
        await self.service.operate("sign", subject=subject, email=who.email)

    async def refuse_unheard(self, contract_id: UUID, who: Signatory) -> None:
        """Somebody refuses there, and nothing of it comes to us."""
        subject = await self.subject(contract_id)
        await self.service.operate("refuse", subject=subject, email=who.email)

    async def has_asked_about_an_event(self) -> bool:
        """Whether the service was asked about one."""
        asked = [one["path"] for one in await self.service.journal()]
        return any("webhookEvents" in path for path in asked)

    async def press(self, link: str, button: str) -> str:
        """Open a page of the service and press a button there; answers the page as it is then."""
        page, _, fragment = link.partition("#")
        assert fragment
        token = page.rpartition("requestToken=")[2]
        action = page.partition("?")[0] + f"/{button}"
        async with self.service.session.get(page) as answer:
            assert answer.status == 200
        async with self.service.session.post(action, data={"requestToken": token}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text()

    async def until_asked(self, operation: str) -> None:
        """Wait until the service was asked for something, or is being."""

        async def is_so() -> bool:
            return any(one["operation"] == operation for one in await self.service.journal())

        await until(is_so)

    async def subject(self, contract_id: UUID) -> str:
        """What the service calls it by our own word: its procedure that counts."""
        return str((await self.state(contract_id)).procedure_id)

    async def effects(self, contract_id: UUID) -> list[str]:
        """What really happened there to its procedure that counts."""
        subject = await self.subject(contract_id)
        return [one["effect"] for one in await self.service.effects() if one["subject"] == subject]

    async def operations(self, kind: str) -> list[str]:
        """Where all operations of a kind stand."""
        rows = await self.world.fetch(
            "SELECT state FROM operations WHERE kind = $1 ORDER BY id", kind
        )
        return [row["state"] for row in rows]

    async def messages(self) -> list[Any]:
        """What was posted to us, whether it is done with, what was wrong with it, whose it was."""
        return await self.world.fetch(
            "SELECT i.vendor_id, i.processed_at, i.not_understood, p.contract_id FROM inbox AS i "
            "LEFT JOIN signing_procedures AS p ON p.id = i.subject_id ORDER BY i.id"
        )

    async def post(self, body: bytes, path: str = "/api/v1/signature/notifications/") -> int:
        """Post a notice, as anybody may; answers the status."""
        async with self.world.api.post(path, data=body, headers={"authorization": ""}) as answer:
            return answer.status

    async def get(self, path: str) -> Any:
        """Read something over HTTP."""
        async with self.world.api.get(path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def advance(self, span: timedelta) -> None:
        """Move the service's time, then ours."""
        await self.service.advance(f"{span.total_seconds():.0f}s")
        await self.world.advance(span)


@asynccontextmanager
async def running_signing(
    database: Database, url: str, data_dir: Path, settings: SignatureSettings = QUICK
) -> AsyncIterator[Signing]:
    """The whole on an empty, migrated database."""
    with papers_installed() as papers:
        async with running_world(database, url, data_dir) as world:
            world.runtime.configure(settings)
            yield Signing(world, VendorControl(world.qitech.session, PROVIDER), papers, settings)
