"""``kill -9`` while envelopes are under way at two banks, and what each bank's ledger says."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.journeys.processes import NOT_FOUND_FOR, Processes, processes
from tests.journeys.sendings import sent_blindly
from tests.lenders.installed import KEY as BRISA
from tests.lenders.installed import install_brisa
from tests.world import envelope, until
from tramita.kit.database.engine import Database
from tramita.testing.control import VendorControl

QITECH: Final = "qitech"
AT_EACH: Final = 3
_HELD: Final = {"seconds": 300}


@dataclass(frozen=True)
class Words:
    """What a bank calls what is done there, and our contract number in its journal."""

    insert: str
    find: str
    cancel: str
    number: str
    created: str
    cancelled: str


WORDS: Final[Mapping[str, Words]] = {
    QITECH: Words(
        *("create_proposal", "find_proposals", "update_proposal", "contract_number"),
        *("proposal_created", "proposal_canceled"),
    ),
    BRISA: Words(
        *("apply", "find_applications", "withdraw", "reference", "applied", "withdrawn"),
    ),
}
# The act that is under way, and what becomes of its call: kept from the bank, or the answer from us.
POINTS: Final = {
    "a request": ("insert", "timeout_before"),
    "an answer": ("insert", "answer_held"),
    "a question": ("find", "slow_30"),
    "a cancellation": ("cancel", "answer_held"),
}


@dataclass
class Banks:
    """Processes to be killed, and both banks."""

    tramita: Processes
    banks: Mapping[str, VendorControl]

    async def die(self, point: str) -> str:
        """Kill the only process at this point of both banks' contracts, and start another."""
        process = await self.tramita.start("all")
        act, kind = POINTS[point]
        token = await self._made()
        if act == "cancel":
            await self.tramita.send_link(token)
            await self.tramita.until_done(token, deadline=120)
        for key, bank in self.banks.items():
            if act == "find":
                operation = WORDS[key].insert
                await bank.fail("reset_before_effect", operation=operation, count=AT_EACH)
            operation = getattr(WORDS[key], act)
            await bank.fail(kind, operation=operation, count=None, arguments=_HELD)
        await (self.cancel(token) if act == "cancel" else self.tramita.send_link(token))
        await until(lambda: self._are_there(kind), deadline=60)
        await self.tramita.kill(process)
        for bank in self.banks.values():
            await bank.mend()
        await self.tramita.start("all")
        return token

    async def _made(self) -> str:
        """An envelope with contracts for both."""
        body = envelope(portabilities=2 * AT_EACH)
        for contract, key in zip(body["contracts"], [QITECH, BRISA] * AT_EACH, strict=True):
            contract["provider"] = key
        return await self.tramita.make_envelope(body)

    async def cancel(self, token: str) -> None:
        """Cancel an envelope."""
        async with self.tramita.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
            assert 200 == answer.status, await answer.text()

    async def _are_there(self, kind: str) -> bool:
        """Whether each bank holds a call of each of its contracts."""
        held = [await bank.faults() for bank in self.banks.values()]
        return all(
            sum(one["struck"] for one in faults if one["kind"] == kind) >= AT_EACH
            for faults in held
        )

    async def until_at_rest(self) -> None:
        """Wait until nothing is left to do."""

        async def is_so() -> bool:
            under_way = [
                await self.tramita.operations(state)
                for state in ("prepared", "sent", "not_sent", "unknown")
            ]
            return not any(under_way)

        await until(is_so, deadline=60)

    async def effects(self, name: str) -> dict[str, Counter[str]]:
        """How often this took effect, by bank and contract number."""
        return {
            key: Counter(row["subject"] for row in await bank.ledger(getattr(WORDS[key], name)))
            for key, bank in self.banks.items()
        }

    async def numbers(self, token: str) -> dict[str, set[str]]:
        """Each bank's contracts, as their partner has them."""
        found: dict[str, set[str]] = {}
        for one in await self.tramita.partner_view(token):
            found.setdefault(one["portability"]["provider"], set()).add(one["number"])
        return found

    async def asked_by_a_check(self) -> dict[str, set[str]]:
        """The contracts that each bank is asked about by a check, which finds all in order."""
        before = {key: len(await bank.journal()) for key, bank in self.banks.items()}
        code, said = await self.tramita.run("check", "portability")
        assert (0, False) == (code, "not verified" in said), said
        return {
            key: {
                one["fields"][WORDS[key].number]
                for one in (await bank.journal())[before[key] :]
                if one["operation"] == WORDS[key].find
            }
            for key, bank in self.banks.items()
        }


@pytest.fixture
async def banks(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Banks]:
    """Two banks that approve whatever comes, and no process yet."""
    install_brisa(tmp_path, monkeypatch)
    async with processes(database, database_url, tmp_path) as tramita:
        tramita.environment["TRAMITA_BRISA_DEADLINE"] = "2"
        brisa = VendorControl(tramita.qitech.session, BRISA)
        await brisa.act(decisions="approve")
        yield Banks(tramita, {QITECH: tramita.qitech, BRISA: brisa})


@pytest.mark.parametrize(
    "point",
    [pytest.param(name, marks=[] if name == "an answer" else pytest.mark.soak) for name in POINTS],
)
class TestADeath:
    async def test_leaves_each_bank_with_its_own(self, banks: Banks, point: str) -> None:
        """Each contract once, at its own bank, and nobody is asked about another's."""
        token = await banks.die(point)
        await banks.tramita.until_done(token, deadline=120)
        await banks.until_at_rest()

        numbers = await banks.numbers(token)
        once = {key: Counter(dict.fromkeys(own, 1)) for key, own in numbers.items()}
        ended = once if point == "a cancellation" else {QITECH: Counter(), BRISA: Counter()}
        assert {QITECH: AT_EACH, BRISA: AT_EACH} == {key: len(own) for key, own in numbers.items()}
        assert once == await banks.effects("created")
        assert ended == await banks.effects("cancelled")
        assert [] == await sent_blindly(banks.tramita.database, not_found_for=NOT_FOUND_FOR)
        assert numbers == await banks.asked_by_a_check()
        assert _ends(point) == await _statuses(banks, token)


def _ends(point: str) -> set[str]:
    return {"CANCELADO" if point == "a cancellation" else "FORMALIZACAO_CLIENTE"}


async def _statuses(banks: Banks, token: str) -> set[Any]:
    return {one["portability"]["status"] for one in await banks.tramita.partner_view(token)}
