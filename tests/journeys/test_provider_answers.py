"""Whatever QI Tech answers, its contract comes to a definite place and holds nobody up."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.faults import CASES, ENDED, TO_SIGN, Case, End, render
from tests.world import World, envelope
from tramita.portability.words import client_words

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"
UNDECIDED = ("DIGITACAO", "DIGITACAO")
# The code of the reason for which our rules refuse an answer.
CODES = {
    "mismatch_cpf": "wrong_client",
    "mismatch_contract": "wrong_contract_number",
    "mismatch_origin": "wrong_origin_contract",
    "mismatch_benefit": "wrong_benefit",
    "bad_schedule": "due_dates_irregular",
    "higher_rate": "rate_above_proposed",
    "higher_amount": "amount_differs_from_balance",
    "nonzero_change": "change_in_pure_portability",
    "client_fee": "fees_charged",
    "status_rejected": "proposal_already_ended",
}


@dataclass(frozen=True)
class Ended:
    """Where the contract that met the fault ended, and its neighbor that did not."""

    number: str
    status: tuple[str, str]
    codes: list[str]
    client_words: list[str]
    operation: str
    neighbor: tuple[str, str]


class TestAContract:
    """A contract whose proposal QI Tech answers in one of its ways, once."""

    @pytest.mark.parametrize("case", [one for one in CASES if not one.impatient], ids=str)
    async def test_ends_where_it_should(self, world: World, case: Case) -> None:
        """The table's line holds: statuses, operation, and what there is at QI Tech."""
        await check(world, case)

    @pytest.mark.parametrize("case", [one for one in CASES if one.impatient], ids=str)
    async def test_ends_where_it_should_when_time_runs_out(
        self, impatient_world: World, case: Case
    ) -> None:
        """A deadline for the whole call: silence and dripping bytes are the same."""
        await check(impatient_world, case)

    async def test_is_parked_when_it_never_becomes_clear(self, world: World) -> None:
        """What cannot be judged is read again for a while; then a person gets it."""
        ended = await carry_through(world, Case("missing_document", "", End.ACCEPTED))

        assert (UNDECIDED, "needs_attention") == (ended.status, ended.operation)
        assert ["contract_document_missing"] == ended.codes
        assert TO_SIGN == ended.neighbor

    async def test_is_parked_when_nobody_can_tell(self, world: World) -> None:
        """Where QI Tech answers no questions and posts nothing, a person has to look."""
        await world.qitech.act(query_by_contract_number=False)
        await world.qitech.fail_webhook("webhook_lost", count=None)
        ended = await carry_through(world, Case("lost_after", "", End.ACCEPTED))
        await world.qitech.act(query_by_contract_number=True)

        assert (UNDECIDED, "needs_attention") == (ended.status, ended.operation)
        assert [client_words("parked")] == ended.client_words
        assert 1 == (await world.qitech.created())[ended.number]


class TestTheTable:
    def test_is_the_one_in_the_documentation(self) -> None:
        """docs/reference/faults.md is what ``python -m tests.journeys.faults`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")


async def check(world: World, case: Case) -> None:
    """Play a line of the table and compare."""
    if case.code == "mismatch_contract":
        world.unverifiable = 1  # Whatever QI Tech says of it names another contract.
    ended = await carry_through(world, case)

    assert (case.end.status, case.end.operation) == (ended.status, ended.operation)
    created = (await world.qitech.created())[ended.number]
    alive = (await world.alive())[ended.number]
    assert case.end.counts == (await world.qitech.asked(ended.number), created, alive)
    assert TO_SIGN == ended.neighbor
    assert [client_words(code) for code in dict.fromkeys(ended.codes)] == ended.client_words
    if case.end is End.REFUSED:
        assert ["provider_refused"] == ended.codes
        assert ["refused"] == await world.ends()
    if case.end is End.CANCELLED:
        assert CODES[case.code] in ended.codes
    if ENDED != ended.status:
        assert [] == ended.codes


async def carry_through(world: World, case: Case) -> Ended:
    """Send an envelope of two whose first contract meets the fault."""
    body = envelope(portabilities=2)
    number, _ = (one["contract_number"] for one in body["contracts"])
    await world.qitech.fail(case.code, match={"contract_number": number}, arguments=case.arguments)
    token = await world.make_envelope(body)
    await world.send_link(token)
    # A second request must not move anything, whatever becomes of the first.
    again = await world.send_link(token)
    assert 0 == again["being_inserted"]
    await world.until_at_rest()
    await world.until_done(token)
    return await read_end(world, token, number)


async def read_end(world: World, token: str, number: str) -> Ended:
    """The end of an envelope of two."""
    first, second = await world.partner_view(token)
    shown = (await world.details(token))["contracts"][0]
    states = ("succeeded", "refused", "needs_attention")
    operations = {
        one["subject_id"]: state for state in states for one in await world.operations(state)
    }
    return Ended(
        number=number,
        status=pair(first),
        codes=[one["code"] for one in first["portability"]["reasons"]],
        client_words=shown["portability"]["reasons"],
        operation=operations[first["id"]],
        neighbor=pair(second),
    )


def pair(contract: dict[str, Any]) -> tuple[str, str]:
    """Both statuses of a contract that is a portability."""
    return contract["status"], contract["portability"]["status"]
