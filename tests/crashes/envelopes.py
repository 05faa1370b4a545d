"""Deaths while proposals are inserted and cancelled at two banks: each bank's ledger judges."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import pytest

from tests.crashes.dying import ActCrashes, Doomed
from tests.crashes.gates import Gate
from tests.crashes.grid import Act, ActCell, Care, Caught, End, Fault, Point, carried_out
from tests.journeys.later import Followed
from tests.journeys.sendings import sent_blindly
from tests.lenders.installed import KEY as BRISA
from tests.lenders.installed import install_brisa
from tests.world import envelope
from tramita.kit.database.engine import Database
from tramita.portability.acts import ACCEPT, CANCEL
from tramita.portability.journey.insert_proposal import INSERTION

QITECH: Final = "qitech"


@dataclass(frozen=True)
class Words:
    """What a bank calls what is done there, and our contract number in its journal."""

    title: str
    insert: str
    find: str
    cancel: str
    number: str
    created: str
    cancelled: str


BANKS: Final[Mapping[str, Words]] = {
    QITECH: Words(
        "QI Tech",
        *("create_proposal", "find_proposals", "update_proposal", "contract_number"),
        *("proposal_created", "proposal_canceled"),
    ),
    BRISA: Words(
        "another bank",
        *("apply", "find_applications", "withdraw", "reference"),
        *("applied", "withdrawn"),
    ),
}


@dataclass
class Contract:
    """An envelope with one contract, and its number at its bank."""

    bank: str
    token: str
    number: str


class Envelopes(ActCrashes):
    """Envelopes over HTTP."""

    environment: ClassVar[Mapping[str, str]] = {
        "TRAMITA_QITECH_DEADLINE": "120",
        "TRAMITA_BRISA_DEADLINE": "120",
        "TRAMITA_PORTABILITY_NOT_FOUND_FOR": "600",
    }

    @classmethod
    @asynccontextmanager
    async def running(cls, database: Database, address: str, folder: Path) -> AsyncIterator[Self]:
        """With another bank, which approves whatever comes."""
        with pytest.MonkeyPatch.context() as patch:
            install_brisa(folder, patch)
            async with super().running(database, address, folder) as crashes:
                await crashes.vendor(BRISA).act(decisions="approve")
                yield crashes

    async def made(self, bank: str) -> Contract:
        """An envelope that waits for its client."""
        body = envelope(portabilities=1)
        body["contracts"][0]["provider"] = bank
        token = await self.tramita.make_envelope(body)
        [seen] = await self.tramita.partner_view(token)
        return Contract(bank, token, seen["number"])

    async def inserted(self, bank: str) -> Contract:
        """One whose proposal is at its bank."""
        contract = await self.made(bank)
        await self.send(contract)
        await self.tramita.until_done(contract.token)
        return contract

    async def at_origin(self) -> Contract:
        """One at QI Tech that is signed, and whose origin bank has to tell the balance."""
        contract = await self.inserted(QITECH)
        [seen] = await self.tramita.partner_view(contract.token)
        await Followed(self.world, contract.token, contract.number, seen["id"]).to_origin()
        return contract

    async def tell_balance(self, contract: Contract) -> None:
        """The origin bank tells a balance that is accepted."""
        number = contract.number
        await self.tramita.qitech.person("origin_bank", "send_balance", contract_number=number)

    async def send(self, contract: Contract) -> None:
        """The client clicks."""
        await self.tramita.send_link(contract.token)

    async def send_in_vain(self, contract: Contract) -> None:
        """The same, and the bank's answer is lost; so is its message, or nobody would have to ask."""
        words, vendor = BANKS[contract.bank], self.vendor(contract.bank)
        match = {words.number: contract.number}
        await vendor.fail_webhook("webhook_lost", match=match, count=None)
        await vendor.fail("lost_after", operation=words.insert)
        await self.send(contract)

    async def cancel(self, contract: Contract) -> None:
        """The partner cancels the envelope."""
        path = f"/api/v1/envelopes/{contract.token}/cancel"
        async with self.tramita.api.post(path) as answer:
            assert 200 == answer.status, await answer.text()

    async def names(self, contract: Contract) -> set[str]:
        """Banks go by our number."""
        return {contract.number}

    async def is_inserted(self, contract: Contract) -> bool:
        """Whether its client is to sign at the bank."""
        return "FORMALIZACAO_CLIENTE" == await self._status(contract)

    async def is_cancelled(self, contract: Contract) -> bool:
        """Whether it is cancelled."""
        return "CANCELADO" == await self._status(contract)

    async def is_accepted(self, contract: Contract) -> bool:
        """Whether QI Tech is to pay."""
        [seen] = await self.tramita.partner_view(contract.token)
        return bool(seen["portability"]["stage"] == "balance_accepted")

    async def check(self, doomed: Sequence[Doomed[ActCell, Any]]) -> None:
        """Nor was anything sent blindly, and no bank is asked about another's contracts."""
        await super().check(doomed)
        assert [] == await sent_blindly(self.world.database)
        before = {key: await self.vendor(key).requests() for key in BANKS}
        code, said = await self.tramita.run("check", "portability")
        assert (0, False) == (code, "not verified" in said), said
        rows = await self.fetch("SELECT provider, number_at_provider FROM envelope_contracts")
        own = Counter((row["provider"], row["number_at_provider"]) for row in rows)
        asked = {
            (key, one["fields"][words.number])
            for key, words in BANKS.items()
            for one in await self.vendor(key).journal()
            if one["id"] > before[key] and one["operation"] == words.find
        }
        assert set(own) == asked

    async def _status(self, contract: Contract) -> str:
        [seen] = await self.tramita.partner_view(contract.token)
        status: str = seen["portability"]["status"]
        return status


def _asking(bank: str) -> dict[Point, tuple[Caught, End]]:
    """Where those die who ask what became of an insertion: the question has no effect."""
    return {
        Point.BEFORE_T1: (Gate("ask", INSERTION.name), End.FOUND),
        Point.AFTER_T1: (Gate("asked", INSERTION.name), End.FOUND),
        Point.SENT: (Fault(bank, "effect_delayed", BANKS[bank].find), End.FOUND),
        Point.INSIDE_T2: (Gate("settling", INSERTION.name), End.FOUND),
        Point.AFTER_T2: (Gate("settled", INSERTION.name), End.RECORDED),
    }


def _at(bank: str) -> list[Act[Envelopes, Contract]]:
    words = BANKS[bank]
    # Those first that need others, which are blocked once one of these waits to be killed.
    return [
        Act(
            title=f"ask {words.title} about a proposal",
            kind=INSERTION.name,
            vendor=bank,
            call=words.insert,
            effect=words.created,
            cells=_asking(bank),
            prepare=partial(Envelopes.made, bank=bank),
            begin=Envelopes.send_in_vain,
            names=Envelopes.names,
            is_done=Envelopes.is_inserted,
            in_suite=frozenset({Point.SENT}),
        ),
        Act(
            title=f"insert a proposal at {words.title}",
            kind=INSERTION.name,
            vendor=bank,
            call=words.insert,
            effect=words.created,
            cells=carried_out(INSERTION.name, bank, words.insert, Care.PATIENT),
            prepare=partial(Envelopes.made, bank=bank),
            begin=Envelopes.send,
            names=Envelopes.names,
            is_done=Envelopes.is_inserted,
            in_suite=frozenset({Point.EFFECT}),
        ),
        Act(
            title=f"cancel one at {words.title}",
            kind=CANCEL.name,
            vendor=bank,
            call=words.cancel,
            effect=words.cancelled,
            cells=carried_out(CANCEL.name, bank, words.cancel, Care.ASKS),
            prepare=partial(Envelopes.inserted, bank=bank),
            begin=Envelopes.cancel,
            names=Envelopes.names,
            is_done=Envelopes.is_cancelled,
            in_suite=frozenset({Point.EFFECT}),
        ),
    ]


ACTS: Final = [
    *(act for bank in BANKS for act in _at(bank)),
    Act(
        title="accept a balance at QI Tech",
        kind=ACCEPT.name,
        vendor=QITECH,
        call="update_proposal",
        effect="proposal_accepted_by_requester",
        cells=carried_out(ACCEPT.name, QITECH, "update_proposal", Care.ASKS),
        prepare=Envelopes.at_origin,
        begin=Envelopes.tell_balance,
        names=Envelopes.names,
        is_done=Envelopes.is_accepted,
        in_suite=frozenset({Point.RESPONSE}),
    ),
]
