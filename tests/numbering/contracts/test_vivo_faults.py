"""Mobile contracts when GSIM refuses, stumbles, or its callbacks go astray (F23)."""

import asyncio
import hashlib
import hmac
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import aiohttp
import pytest

from tests.locks import until_waiting
from tests.numbering.contracts.vivo import Vivo
from tests.numbering.crowd import at_once
from tests.numbering.over_http import NUMBERS
from tests.world import until
from tramita.kit.operations import ledger, standing
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.numbering.acts import ACTIVATE_LINE
from tramita.numbering.contracts.journey.activate_line import Live, apply_activations
from tramita.numbering.contracts.journey.end_line import apply_ends
from tramita.numbering.provider import LINES
from tramita.process.platform import sweep_lost_operations
from tramita.providers.gsim.settings import DEMO_TOKEN

pytestmark = pytest.mark.asyncio(loop_scope="module")

WENT_LIVE = ["sim_assigned", "line_activated"]
ENDED = [*WENT_LIVE, "sim_released"]


class TestCallbacks:
    @pytest.mark.parametrize(
        "kind",
        [
            "webhook_lost",
            "webhook_duplicate",
            "webhook_reordered",
            "webhook_delayed",
            "webhook_forged",
            "webhook_replayed",
            "webhook_unknown_key",
            "webhook_before_answer",
        ],
    )
    async def test_that_go_astray_change_nothing_in_the_end(self, vivo: Vivo, kind: str) -> None:
        """Live once, ended once, whatever comes when; what is lost is asked for."""
        sim = vivo.sim()
        await vivo.astray(kind, sim, count=None)

        contract = await vivo.create(sim=sim)
        shown = await vivo.until(contract, "IN_USE")
        assert shown["activated"]
        assert 1 == len(await vivo.timeline(contract, "on_contract_activate"))
        await vivo.cancel(contract)
        await vivo.until(contract, "QUARANTINE")
        # What was held back comes now.
        await vivo.world.gsim.advance("2d")
        await _until_all_told(vivo, sim)

        assert "QUARANTINE" == (await vivo.read(contract))["backend"]["status"]
        assert not (await vivo.read(contract))["activated"]
        assert ENDED == await vivo.effects(sim)

    async def test_of_a_line_that_was_ended_before_change_nothing(self, vivo: Vivo) -> None:
        """It is told to be live after it was ended: it stays ended."""
        contract, sim = await vivo.live()
        await vivo.fail("callback_after_cancel", "release_sim", sim)

        await vivo.cancel(contract)
        await vivo.until(contract, "QUARANTINE")
        await _until_all_told(vivo, sim)

        shown = await vivo.read(contract)
        assert ("QUARANTINE", False) == (shown["backend"]["status"], shown["activated"])

    async def test_that_come_when_the_number_has_gone_change_nothing(self, vivo: Vivo) -> None:
        """Cancelled before it went live, and given back; then it is told to be live."""
        await vivo.gsim.act(activations="hold")
        contract = await vivo.create(sim=vivo.sim())
        await vivo.until_operation(contract, "PENDING")
        await vivo.cancel(contract)
        await vivo.until(contract, "RETURNED")

        async with vivo.world.database.unit_of_work(actor="gsim") as work:
            await apply_activations(work, {UUID(contract): Live()})

        shown = await vivo.read(contract)
        assert ("RETURNED", False) == (shown["backend"]["status"], shown["activated"])

    async def test_that_wait_while_the_number_goes_change_nothing(self, vivo: Vivo) -> None:
        """Told that the line has ended while its number is just being given back for it."""
        await vivo.gsim.act(activations="hold")
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "PENDING")

        async with vivo.world.database.unit_of_work(actor="test") as work:
            found = await standing.last(work, UUID(contract), ACTIVATE_LINE, lock=True)
            assert found is not None
            await _end_by_hand(vivo, sim)
            await until_waiting(vivo.world.database)
            refused = OperationTrigger.REFUSED
            await ledger.close(work, [found[0]], refused, cause="The line has ended.")
            await apply_ends(work, [UUID(contract)], "The line has ended.", rest=timedelta(days=1))
        await _until_all_told(vivo, sim)

        shown = await vivo.until(contract, "RETURNED")
        assert not shown["activated"]

    async def test_that_overtake_the_end_let_the_number_rest(self, vivo: Vivo) -> None:
        """Told to be live while it is being ended: it was in use, or it was given back."""
        await vivo.gsim.act(activations="hold")
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "PENDING")
        await vivo.fail("callback_after_cancel", "release_sim", sim)

        await vivo.cancel(contract)
        await vivo.until_operation(contract, "SUCCEEDED", "end_line")
        await _until_all_told(vivo, sim)

        shown = await vivo.read(contract)
        assert shown["backend"]["status"] in ("RETURNED", "QUARANTINE", "RESERVED")
        assert not shown["activated"]

    async def test_bring_a_line_that_was_held_for_long(self, vivo: Vivo) -> None:
        """Asked again and again, the operation waits; the operator lets it go on."""
        await vivo.gsim.act(activations="hold")
        sim = vivo.sim()
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "PENDING")
        await _until_asked(vivo, contract, times=2)

        await vivo.gsim.person("operator", "activate", iccid=sim)

        assert (await vivo.until(contract, "IN_USE"))["activated"]

    async def test_tell_of_an_end_that_nobody_asked_for(self, vivo: Vivo) -> None:
        """Somebody there has ended the line: the number rests, the contract stays."""
        contract, sim = await vivo.live()

        await _end_by_hand(vivo, sim)
        shown = await vivo.until(contract, "QUARANTINE")

        assert ("activated", False) == (shown["state"], shown["activated"])
        assert ["The operator has ended the line of its own accord."] == await vivo.timeline(
            contract, "service_ended"
        )

    @pytest.mark.parametrize(("secret", "status"), [("stranger", 403), (None, 403)])
    async def test_of_a_stranger_are_not_taken(
        self, vivo: Vivo, secret: str | None, status: int
    ) -> None:
        """Wrongly signed or not at all: refused, and nothing is kept."""
        body = b'{"eventId": "1", "type": "ACTIVATED"}'
        signature = hmac.new((secret or "").encode(), body, hashlib.sha256).hexdigest()
        headers = {} if secret is None else {"X-GSIM-Signature": f"sha256={signature}"}

        url = f"{vivo.world.url}/webhooks/gsim"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            assert status == answer.status

    async def test_in_chaos_bring_every_line_to_life_and_to_its_end(self, vivo: Vivo) -> None:
        """Lost, doubled, late, forged and out of order, for several contracts at once."""
        await vivo.gsim.play("gsim-callback-chaos")
        sims = [vivo.sim() for _ in range(5)]

        contracts = await asyncio.gather(*(vivo.create(sim=sim) for sim in sims))
        for contract in contracts:
            assert (await vivo.until(contract, "IN_USE"))["activated"]
        await asyncio.gather(*map(vivo.cancel, contracts))
        for contract in contracts:
            await vivo.until(contract, "QUARANTINE")

        assert [ENDED] * 5 == [await vivo.effects(sim) for sim in sims]


class TestActivating:
    @pytest.mark.parametrize(
        "kind",
        [
            "reset_before_effect",
            "reset_after_effect",
            "http_503",
            "error_after_effect",
            "answer_held",
            "lost_then_done",
            "429",
            "token_expired",
            "request_id_ignored",
        ],
    )
    async def test_gets_there_through_a_fault(self, vivo: Vivo, kind: str) -> None:
        """Asked about and never blindly repeated: one line, whatever was lost."""
        sim = vivo.sim()
        arguments = {"retry_after": 0, "seconds": 2}
        await vivo.fail(kind, "assign_sim", sim, arguments=arguments)

        contract = await vivo.create(sim=sim)
        await vivo.until(contract, "IN_USE")

        assert WENT_LIVE == await vivo.effects(sim)

    @pytest.mark.parametrize("questions", ["query_missing", "stale_read"])
    async def test_gets_there_where_questions_lead_nowhere(
        self, vivo: Vivo, questions: str
    ) -> None:
        """Nobody can say whether it was done: sent once more, it finds out."""
        sim = vivo.sim()
        await vivo.fail("reset_after_effect", "assign_sim", sim)
        await vivo.astray("webhook_lost", sim, count=1)
        for operation in ("read_request", "read_sim"):
            await vivo.gsim.fail(questions, operation=operation, count=4)

        contract = await vivo.create(sim=sim)
        await vivo.until(contract, "IN_USE")

        assert WENT_LIVE == await vivo.effects(sim)

    async def test_is_asked_about_when_its_worker_died(self, vivo: Vivo) -> None:
        """GSIM has the line and nobody knows: found, and not made again."""
        sim = vivo.sim()
        await vivo.fail("429", "assign_sim", sim, arguments={"retry_after": 600})
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "NOT_SENT")
        [row] = await vivo.world.fetch(
            "UPDATE operations SET due_at = now() WHERE subject_id = $1::text::uuid RETURNING id, key",
            contract,
        )
        await _assign_by_hand(vivo, sim, await vivo.number(contract), row["key"])
        async with vivo.world.database.unit_of_work() as work:
            await ledger.take(work, [row["id"]], leases={LINES: timedelta(seconds=-1)})

        await sweep_lost_operations(vivo.world.runtime)
        await vivo.until(contract, "IN_USE")

        assert WENT_LIVE == await vivo.effects(sim)

    async def test_survives_a_gsim_that_lost_its_memory(self, vivo: Vivo) -> None:
        """What it accepted it knows nothing of; the contract can be cancelled all the same."""
        await vivo.gsim.act(activations="hold")
        contract = await vivo.create(sim=vivo.sim())
        await vivo.until_operation(contract, "PENDING")

        await vivo.gsim.person("operator", "restart", memory=False)
        await vivo.cancel(contract)

        await vivo.until(contract, "RETURNED")

    @pytest.mark.parametrize("refusal", ["number", "network", "sim", "blocked"])
    async def test_that_is_refused_leaves_the_number_reserved(
        self, vivo: Vivo, refusal: str
    ) -> None:
        """With the reason in the timeline; with another SIM the line goes live."""
        sim = vivo.sim()
        match refusal:
            case "number":
                await vivo.gsim.act(number_not_reserved="*")
            case "network":
                await vivo.gsim.act(activations="fail")
            case "sim":
                await vivo.gsim.person("operator", "remove_sim", iccid=sim)
            case _:
                await vivo.gsim.person("operator", "block_sim", iccid=sim)
        contract = await vivo.create(sim=sim)
        await vivo.until_operation(contract, "REFUSED")
        shown = await vivo.until(contract, "RESERVED")

        assert ("created", False, None) == (
            shown["state"],
            shown["activated"],
            shown["backend"]["sim"],
        )
        assert [shown["backend"]["reason"]] == await vivo.timeline(contract, "activation_failed")

        await vivo.gsim.act(number_not_reserved="", activations="succeed")
        await _assign(vivo, contract, vivo.sim())
        shown = await vivo.until(contract, "IN_USE")
        assert shown["activated"]
        assert "reason" not in shown["backend"]

    async def test_leaves_a_sim_to_whoever_has_it(self, vivo: Vivo) -> None:
        """A second contract with the same SIM goes without, and says so."""
        first, sim = await vivo.live()

        second = await vivo.create(sim=sim)
        await vivo.until(second, "RESERVED")

        async def is_told() -> bool:
            return await vivo.timeline(second, "activation_failed") == [
                "This SIM has another number of yours."
            ]

        await until(is_told)
        assert 409 == await _assign(vivo, second, sim)
        assert "IN_USE" == (await vivo.read(first))["backend"]["status"]
        assert WENT_LIVE == await vivo.effects(sim)

    async def test_gives_a_sim_to_one_of_two_that_want_it_at_once(self, vivo: Vivo) -> None:
        """The other one keeps its number, and waits for another SIM."""
        sim = vivo.sim()
        contracts = await at_once(*[lambda: vivo.create(sim=sim)] * 2)

        async def is_so() -> bool:
            await vivo.hasten()
            shown = [(await vivo.read(one))["backend"] for one in contracts]
            return ["IN_USE", "RESERVED"] == sorted(one["status"] for one in shown) and any(
                "reason" in one for one in shown
            )

        await until(is_so)
        assert WENT_LIVE == await vivo.effects(sim)


async def _assign(vivo: Vivo, contract: str, sim: str) -> int:
    path = f"{NUMBERS}/{await vivo.number(contract)}/assign"
    return (await vivo.corner.numbers.ask("POST", path, {"sim_id": sim})).status


async def _assign_by_hand(vivo: Vivo, sim: str, msisdn: str, request_id: str) -> None:
    await _at_gsim(vivo, "POST", sim, {"msisdn": msisdn}, request_id)


async def _end_by_hand(vivo: Vivo, sim: str) -> None:
    await _at_gsim(vivo, "DELETE", sim, None, f"by-hand-{sim}")


async def _at_gsim(
    vivo: Vivo, method: str, sim: str, body: dict[str, str] | None, request_id: str
) -> None:
    url = f"{vivo.world.simulators_url}/gsim/v1/sims/{sim}/assignments"
    headers = {"Authorization": f"Bearer {DEMO_TOKEN}", "X-Request-Id": request_id}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, url, json=body) as answer,
    ):
        assert answer.status == 202, await answer.text()


async def _until_asked(vivo: Vivo, contract: str, *, times: int) -> None:
    async def is_so() -> bool:
        await vivo.hasten()
        rows = await vivo.world.fetch(
            "SELECT asked FROM operations WHERE subject_id = $1", UUID(contract)
        )
        return bool(rows[0]["asked"] >= times)

    await until(is_so)


async def _until_all_told(vivo: Vivo, sim: str) -> None:
    """Wait until GSIM has nothing more to tell, and all it told of a SIM was looked at."""

    async def is_so() -> bool:
        await vivo.hasten()
        with suppress(KeyError):
            if await vivo.gsim.is_posting():
                return False
        rows = await vivo.world.fetch("SELECT body FROM inbox WHERE processed_at IS NULL")
        keys = vivo.world.runtime.database.keys
        waiting = [keys.decrypt_bytes(row["body"], "inbox.body") for row in rows]
        return not any(sim.encode() in body for body in waiting)

    await until(is_so)
