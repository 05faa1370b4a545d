"""By which doors a contract of an envelope is cancelled, and at which moments of its journey."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tests.journeys.later import Followed
from tests.world import World, envelope, until
from tramita.contracts.service import cancel_contract
from tramita.kit.errors import ConflictError

GOES_ON: Final = 409
ENDS: Final = 200
# What a page says of a contract that its client may still sign.
TO_SIGN: Final = "Pronto para assinar"


async def through_the_core(contract: Followed) -> int:
    """``POST /api/v1/contracts/{id}/cancel``."""
    path = f"/api/v1/contracts/{contract.id}/cancel"
    async with contract.world.api.post(path, json={"reason": "moved away"}) as answer:
        return answer.status


async def through_the_area(contract: Followed) -> int:
    """``POST /api/v1/envelopes/{token}/cancel``."""
    async with contract.world.api.post(f"/api/v1/envelopes/{contract.token}/cancel") as answer:
        return answer.status


async def by_a_plugin(contract: Followed) -> int:
    """What a plugin's job does; what it raises is what the API would answer."""
    try:
        async with contract.world.database.unit_of_work(actor="plugin") as work:
            await cancel_contract(work, UUID(contract.id), "moved away")
    except ConflictError:
        return GOES_ON
    return ENDS


async def by_a_person(contract: Followed) -> int:
    """An operator marks its parked insertion as refused, in the console or over the API."""
    operation = await _operation(contract)
    path = f"/api/v1/operations/{operation['id']}/mark_refused"
    async with contract.world.api.post(path, json={"note": "the client gave up"}) as answer:
        return answer.status


Door = Callable[[Followed], Awaitable[int]]
DOORS: Final[Sequence[Door]] = (through_the_core, through_the_area, by_a_plugin)


async def made(_: Followed) -> None:
    """Nobody has asked for the link."""


async def waiting(contract: Followed) -> None:
    """The provider takes no requests: it is sent later."""
    await _fail(contract, "429", "create_proposal", arguments={"retry_after": 30})
    await _send(contract, "NOT_SENT")


async def being_inserted(contract: Followed) -> None:
    """The request is on its way, and its answer comes in a while."""
    await _fail(contract, "answer_held", "create_proposal", arguments={"seconds": 1.5})
    await _send(contract, "SENT")


async def unknown(contract: Followed) -> None:
    """The answer was lost, and the provider cannot be asked."""
    await _lose(contract, search="http_503")
    await _send(contract, "UNKNOWN")


async def parked(contract: Followed) -> None:
    """The answer was lost, and the provider does not say what became of it: a person has to."""
    await _lose(contract, search="http_400")
    await _send(contract, "NEEDS_ATTENTION")


async def offered(contract: Followed) -> None:
    """The client may sign."""
    await contract.world.send_link(contract.token)
    await contract.until(status="FORMALIZACAO_CLIENTE")


async def signed(contract: Followed) -> None:
    """The client has signed."""
    await offered(contract)
    await contract.act("client", "sign")
    await contract.until(status="AGUARDANDO_SALDO")


async def at_origin(contract: Followed) -> None:
    """The origin bank has been asked for the balance."""
    await offered(contract)
    await contract.to_origin()


async def balance_returned(contract: Followed) -> None:
    """The balance is known, and our word on it has not reached the provider."""
    await at_origin(contract)
    await _fail(contract, "429", "update_proposal", arguments={"retry_after": 30})
    await contract.act("origin_bank", "send_balance")
    await contract.until(status="SALDO_RETORNADO")
    await _until_operation(contract, "portability.accept_balance", "NOT_SENT")


async def perhaps_accepted(contract: Followed) -> None:
    """We have agreed to the balance, and nobody knows whether our word arrived."""
    await at_origin(contract)
    await _fail(contract, "lost_after", "update_proposal")
    await _fail(contract, "http_503", "read_proposal")
    await contract.world.qitech.fail_webhook(
        "webhook_lost", match=_match(contract) | {"status": "accepted_by_requester"}
    )
    await contract.act("origin_bank", "send_balance")
    await contract.until(status="SALDO_RETORNADO")
    await _until_operation(contract, "portability.accept_balance", "UNKNOWN")


async def balance_accepted(contract: Followed) -> None:
    """We have agreed to the balance: the payment is ordered."""
    await at_origin(contract)
    await contract.act("origin_bank", "send_balance")
    await contract.until(status="AGUARDANDO_PAGAMENTO")


async def settling(contract: Followed) -> None:
    """The money is on its way."""
    await balance_accepted(contract)
    await contract.act("qitech", "settle")
    await contract.until(stage="confirming")


async def paid(contract: Followed) -> None:
    """The old loan is paid."""
    await settling(contract)
    await contract.act("origin_bank", "confirm_settlement")
    await contract.until(status="FINALIZADO")


async def retained(contract: Followed) -> None:
    """The origin bank has kept the client."""
    await at_origin(contract)
    await contract.act("origin_bank", "retain")
    await contract.until(status="RETIDO")


async def refused_consent(contract: Followed) -> None:
    """The beneficiary has denied the consent, and the provider has ended it."""
    await offered(contract)
    await contract.act("client", "sign")
    await contract.act("ctc", "accept")
    await contract.act("beneficiary", "deny")
    await contract.until(status="CANCELADO")


Moment = Callable[[Followed], Awaitable[None]]
# Every moment, and what is answered then.
MOMENTS: Final[Mapping[Moment, int]] = {
    made: ENDS,
    waiting: ENDS,
    being_inserted: ENDS,
    unknown: ENDS,
    parked: ENDS,
    offered: ENDS,
    signed: ENDS,
    at_origin: ENDS,
    balance_returned: ENDS,
    perhaps_accepted: GOES_ON,
    balance_accepted: GOES_ON,
    settling: GOES_ON,
    paid: GOES_ON,
    retained: ENDS,
    refused_consent: ENDS,
}


@dataclass(frozen=True)
class Cell:
    """One door at one moment, and the contract it is tried on."""

    moment: Moment
    door: Door
    contract: Followed

    async def play(self) -> int:
        """Bring the contract there and cancel it; then its client asks for the link."""
        await self.moment(self.contract)
        answered = await self.door(self.contract)
        await self._ask_for_the_link()
        return answered

    async def disagreements(self, answered: int, *, alive: int) -> list[str]:
        """What does not go with the answer, now that everything has come to rest."""
        seen = {
            "answer": answered,
            "core": await self.contract.core_state(),
            "status": (await self.contract.view())["status"],
            "alive there": alive,
            "may sign": TO_SIGN in await self._page(),
        }
        wanted = dict(seen)
        if MOMENTS[self.moment] == ENDS:
            wanted |= {"core": "cancelled", "status": "CANCELADO", "alive there": 0}
        else:
            wanted["alive there"] = 1
            wanted["core"] = "activated" if self.moment is paid else "created"
            wanted["status"] = "PAGO" if self.moment is paid else "FORMALIZADO"
        wanted |= {"answer": MOMENTS[self.moment], "may sign": False}
        return [
            f"{self.moment.__name__} {self.door.__name__}: {name} is {seen[name]}, not {value}"
            for name, value in wanted.items()
            if seen[name] != value
        ]

    async def _ask_for_the_link(self) -> None:
        path = "/api/contratos/formalizacao/enviar-link/"
        body = {"token": self.contract.token}
        async with self.contract.world.api.post(path, json=body) as answer:
            assert answer.status in (200, 409, 410), await answer.text()

    async def _page(self) -> str:
        async with self.contract.world.api.get(f"/formalizacao/{self.contract.token}") as answer:
            return await answer.text()


async def cell(world: World, moment: Moment, door: Door) -> Cell:
    """A cell with a contract of its own."""
    token = await world.make_envelope(envelope(portabilities=1))
    [made] = await world.partner_view(token)
    return Cell(moment, door, Followed(world, token, made["number"], made["id"]))


def _match(contract: Followed) -> dict[str, str]:
    return {"contract_number": contract.number}


async def _fail(contract: Followed, kind: str, operation: str, **fault: Any) -> None:
    fault = {"count": None, "match": _match(contract)} | fault
    await contract.world.qitech.fail(kind, operation=operation, **fault)


async def _lose(contract: Followed, *, search: str) -> None:
    """Let it arrive and nobody hear of it; whoever searches for it meets this fault."""
    await _fail(contract, "lost_after", "create_proposal")
    await _fail(contract, search, "find_proposals")
    await contract.world.qitech.fail_webhook("webhook_lost", match=_match(contract))


async def _send(contract: Followed, state: str) -> None:
    await contract.world.send_link(contract.token)
    await _until_operation(contract, "portability.insert_proposal", state)


async def _until_operation(contract: Followed, kind: str, state: str) -> None:
    async def is_so() -> bool:
        return (await _operation(contract, kind)).get("state") == state

    await until(is_so)


async def _operation(
    contract: Followed, kind: str = "portability.insert_proposal"
) -> dict[str, Any]:
    rows = await contract.world.fetch(
        "SELECT id, state FROM operations WHERE subject_id = $1 AND kind = $2 ORDER BY id DESC",
        UUID(contract.id),
        kind,
    )
    return dict(rows[0]) if rows else {}
