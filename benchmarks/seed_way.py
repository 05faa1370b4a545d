"""The seed's way, for comparison: one thread per contract, blocking HTTP, a flag each.

Run as a process of its own: ``python -m benchmarks.seed_way DSN SIMULATORS_URL FOLDER N``
prints what it took as JSON. Each thread sets its contract's flag, builds, signs, sends,
verifies and judges the proposal with the same code as Tramita, saves the contract in a
transaction of its own, looks whether any contract of the envelope is still being
inserted, and announces when none is.

It leaves out what the seed does not speak of: no operation row before the call, so a
crash loses what was sent; no journal of what was said; no history; no retries; nothing
that makes the announcement happen once, so ``announced`` may be more than one. In its
favor: the threads share thirty open connections to PostgreSQL (a thousand threads with
one each would not be let in), and there is no web framework or ORM in the way.
"""

import asyncio
import http.client
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import msgspec

from benchmarks.client import make_envelope
from benchmarks.processes import ProcessTree, parent_of
from tramita.kit.calendar import day_in_brazil
from tramita.kit.credentials import read_credential
from tramita.kit.settings import Mode, Settings
from tramita.portability.api.schemas import EnvelopeBody
from tramita.portability.ports import Policy, Proposal, UnreadableAnswer
from tramita.portability.rules import Grade, validate_proposal
from tramita.providers.qitech.gateway import PROPOSALS
from tramita.providers.qitech.payload import PayloadBuilder, serialize
from tramita.providers.qitech.settings import QITechSettings
from tramita.providers.qitech.signing import AnswerVerifier, ReceivedMessage, RequestSigner
from tramita.providers.qitech.translate import translate_proposal_answer

_CONNECTIONS = 30
_TABLE = """
    CREATE TABLE IF NOT EXISTS seed_way_contracts (
        id int PRIMARY KEY,
        is_proposal_being_inserted boolean NOT NULL,
        contract_status text NOT NULL DEFAULT 'DIGITACAO',
        portability_status text NOT NULL DEFAULT 'DIGITACAO',
        answer jsonb
    )
"""


@dataclass(frozen=True)
class Measured:
    """Seconds from the start of the threads to the first "all done"; CPU in seconds."""

    seconds: float
    cpu_seconds: float
    accepted: int
    announced: int


@dataclass
class BlockingDatabase:
    """asyncpg in a thread of its own; whoever asks waits, as with a blocking driver."""

    dsn: str
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.pool: asyncpg.Pool = self._wait_for(self._open())

    def fetch(self, query: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """One statement in a transaction of its own."""
        rows: Sequence[asyncpg.Record] = self._wait_for(self.pool.fetch(query, *arguments))
        return rows

    async def _open(self) -> asyncpg.Pool:
        return await asyncpg.create_pool(self.dsn, min_size=_CONNECTIONS, max_size=_CONNECTIONS)

    def _wait_for(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()


@dataclass
class SeedWay:
    """Everything the threads share."""

    database: BlockingDatabase
    url: str
    signer: RequestSigner
    verifier: AnswerVerifier
    purchaser: str
    done_at: list[float] = field(default_factory=list)

    def insert_portability_proposal(self, id_: int, proposal: Proposal) -> None:
        """What one thread does."""
        self.database.fetch(
            "UPDATE seed_way_contracts SET is_proposal_being_inserted = true WHERE id = $1", id_
        )
        is_accepted, text = self._send_proposal(proposal)
        self.database.fetch(
            "UPDATE seed_way_contracts SET is_proposal_being_inserted = false, "
            "contract_status = $2, portability_status = $3, answer = $4::jsonb WHERE id = $1",
            id_,
            "AGUARDANDO_FORMALIZACAO" if is_accepted else "CANCELADO",
            "FORMALIZACAO_CLIENTE" if is_accepted else "REPROVADO",
            text,
        )
        if not self._is_any_proposal_being_inserted():
            self.done_at.append(time.perf_counter())

    def _is_any_proposal_being_inserted(self) -> bool:
        rows = self.database.fetch(
            "SELECT EXISTS (SELECT FROM seed_way_contracts WHERE is_proposal_being_inserted) AS any"
        )
        return bool(rows[0]["any"])

    def _send_proposal(self, proposal: Proposal) -> tuple[bool, str]:
        body = serialize(PayloadBuilder(proposal, purchaser_document_number=self.purchaser).build())
        now = datetime.now(UTC)
        signed = self.signer.sign(body, method="POST", path=PROPOSALS, at=now)
        target = urlsplit(self.url)
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=120)
        try:
            connection.request("POST", target.path + PROPOSALS, signed.body, signed.headers)
            response = connection.getresponse()
            raw, headers = response.read(), dict(response.getheaders())
        finally:
            connection.close()
        message = ReceivedMessage(headers, raw, "POST", PROPOSALS)
        plain = self.verifier.verify(message, at=datetime.now(UTC))
        answer = translate_proposal_answer(plain)
        if isinstance(answer, UnreadableAnswer):
            return False, plain.decode()
        verdict = validate_proposal(
            proposal, answer, policy=Policy(), today=day_in_brazil(now), known_keys=frozenset()
        )
        return verdict.grade is Grade.OK, plain.decode()


def measure(dsn: str, url: str, folder: Path, contracts: int) -> Measured:
    """Insert one envelope of so many contracts; ``url`` is the provider's."""
    settings, platform = QITechSettings(), Settings(data_dir=folder, mode=Mode.DEMO)
    client_key = read_credential(settings, "client_key", platform)
    database = BlockingDatabase(dsn)
    way = SeedWay(
        database,
        url,
        RequestSigner(client_key, settings.read_private_key(platform)),
        AnswerVerifier(client_key, settings.read_provider_key(platform)),
        settings.purchaser_document_number,
    )
    proposals = _proposals(contracts)
    database.fetch(_TABLE)
    database.fetch("TRUNCATE seed_way_contracts")
    # All flags go up before the first thread starts, or a quick one would announce early.
    database.fetch(
        "INSERT INTO seed_way_contracts (id, is_proposal_being_inserted) "
        "SELECT n, true FROM generate_series(0, $1::int - 1) AS n",
        contracts,
    )
    postgres = ProcessTree(parent_of(database.fetch("SELECT pg_backend_pid() AS pid")[0]["pid"]))
    used, started = time.process_time() + postgres.cpu_seconds(), time.perf_counter()
    threads = [
        threading.Thread(target=way.insert_portability_proposal, args=one)
        for one in enumerate(proposals)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = database.fetch(
        "SELECT count(*) AS n FROM seed_way_contracts WHERE contract_status = $1",
        "AGUARDANDO_FORMALIZACAO",
    )
    return Measured(
        # A thread that died left its flag up, and nobody ever announced.
        min(way.done_at, default=float("nan")) - started,
        time.process_time() + postgres.cpu_seconds() - used,
        rows[0]["n"],
        len(way.done_at),
    )


def _proposals(contracts: int) -> list[Proposal]:
    body = make_envelope(contracts, prefix=f"S{time.time_ns() // 1_000_000:x}")
    envelope = msgspec.json.decode(json.dumps(body), type=EnvelopeBody)
    client = envelope.customer.to_client()
    made = []
    for one in (contract.to_sold() for contract in envelope.contracts):
        if one.origin is None or one.terms is None:
            raise ValueError("every contract of the comparison is a portability")
        made.append(
            Proposal(
                contract_number=one.number,
                borrower=client.borrower,
                benefit=client.benefit,
                bank_account=client.bank_account,
                origin=one.origin,
                terms=one.terms,
                refinancing=one.refinancing,
            )
        )
    return made


if __name__ == "__main__":
    dsn, url, folder, contracts = sys.argv[1:]
    print(json.dumps(asdict(measure(dsn, url, Path(folder), int(contracts)))))
