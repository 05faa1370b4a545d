"""One link for all contracts of an envelope, whatever happens to its signature group."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.world import QUICK, World, envelope, running_world, until
from tramita.kit.database.engine import Database
from tramita.kit.operations.actions import OperationAction, act
from tramita.portability.settings import Signing

TO_SIGN = ("AGUARDANDO_FORMALIZACAO", "FORMALIZACAO_CLIENTE")
SIGNED = ("FORMALIZADO", "AGUARDANDO_SALDO")
REFUSED = ("CANCELADO", "REPROVADO")
UNDECIDED = ("DIGITACAO", "DIGITACAO")


@pytest.fixture
async def world(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world where one link signs an envelope; the invariants hold in the end."""
    together = QUICK.model_copy(update={"signing": Signing.GROUP})
    async with running_world(database, database_url, tmp_path, portability=together) as world:
        yield world
        await world.end_well()


class TestAnEnvelope:
    async def test_is_signed_by_one_link(self, world: World) -> None:
        """Three contracts, one group, one address; signing it signs all three."""
        token = await send(world, 3)
        await until_linked(world, token)

        [key] = await groups(world)
        links = await links_of(world, token)
        assert {TO_SIGN} == await statuses(world, token)
        assert (3, 1) == (len(links), len(set(links)))
        assert str(key) in str(links[0])
        [sent] = await world.qitech.ledger("group_sent")
        assert set(await numbers(world, token)) == set(sent["data"]["contract_numbers"])

        await world.qitech.person("client", "sign_group", group_key=str(key))

        await until_all(world, token, SIGNED)

    async def test_shows_its_one_button_by_itself(self, world: World) -> None:
        """Whoever has the page open is told when the link is there."""
        token = await world.make_envelope(envelope(portabilities=2))
        async with world.listening(token) as client:
            await world.send_link(token)
            await client.until("CONTRACTS_PROCESSED")
            while not await is_linked(world, token):
                await client.until("CONTRACT_CHANGED")

        async with world.api.get(f"/formalizacao/{token}") as answer:
            page = await answer.text()
        assert 1 == page.count('id="sign-all"')
        assert "Ler e assinar os 2 contratos" in page

    async def test_is_signed_without_what_was_refused(self, world: World) -> None:
        """A contract that the provider refuses leaves the others their link."""
        body = envelope(portabilities=3)
        number = body["contracts"][1]["contract_number"]
        await world.qitech.fail("http_422", match={"contract_number": number})
        token = await world.make_envelope(body)
        await world.send_link(token)
        await until_linked(world, token)

        assert [TO_SIGN, REFUSED, TO_SIGN] == await pairs(world, token)
        [sent] = await world.qitech.ledger("group_sent")
        assert number not in sent["data"]["contract_numbers"]

    async def test_has_no_link_when_nothing_is_to_be_signed(self, world: World) -> None:
        """Everything was refused: the group stays open and empty, which harms nobody."""
        await world.qitech.fail("http_422", count=None)
        token = await send(world, 2)
        await world.until_at_rest()

        assert {REFUSED} == await statuses(world, token)
        assert [] == await world.qitech.ledger("group_sent")
        assert [] == await operations(world, "portability.send_group")

    async def test_leaves_nothing_when_it_is_cancelled(self, world: World) -> None:
        """Cancelled while its group is being opened: no contract is ever sent."""
        await world.qitech.fail("http_503", operation="open_group", count=None)
        token = await world.make_envelope(envelope(portabilities=2))
        await world.send_link(token)

        async with world.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
            assert 200 == answer.status
        await world.qitech.mend()
        await world.until_at_rest()

        assert {("CANCELADO", "CANCELADO")} == await statuses(world, token)
        assert {} == await world.qitech.created()


class TestOpening:
    @pytest.mark.parametrize(
        "fault",
        [
            "lost_after",
            pytest.param("http_503", marks=pytest.mark.soak),
            pytest.param("429", marks=pytest.mark.soak),
            pytest.param("empty_body", marks=pytest.mark.soak),
        ],
    )
    async def test_is_tried_until_it_is_done(self, world: World, fault: str) -> None:
        """The contracts wait; a group whose key was lost stays unused."""
        await world.qitech.fail(fault, operation="open_group", count=2)
        token = await world.make_envelope(envelope(portabilities=2))
        await world.send_link(token)
        await world.until_at_rest()

        await until_linked(world, token)
        assert {TO_SIGN} == await statuses(world, token)
        assert 1 == len(await groups(world))
        assert {1} == set((await world.qitech.created()).values())

    async def test_comes_before_any_proposal(self, world: World) -> None:
        """As long as there is no group, nothing is sent, and the client waits."""
        await world.qitech.fail("http_503", operation="open_group", count=None)
        token = await world.make_envelope(envelope(portabilities=2))
        await world.send_link(token)

        async def has_failed() -> bool:
            return ["UNKNOWN"] == await operations(world, "portability.open_group")

        await until(has_failed)
        assert ["PREPARED"] * 2 == await operations(world, "portability.insert_proposal")
        assert True is (await world.details(token))["not_ready"]
        # What the sweep would do after ten minutes: they look, and go on waiting.
        await world.fetch("UPDATE operations SET lease_until = now() WHERE state = 'PREPARED'")

        async def are_waiting() -> bool:
            return ["NOT_SENT"] * 2 == await operations(world, "portability.insert_proposal")

        await until(are_waiting)
        assert {} == await world.qitech.created()
        await world.qitech.mend()
        await world.until_at_rest()
        assert {TO_SIGN} == await statuses(world, token)

    async def test_that_is_refused_leaves_each_its_link(self, world: World) -> None:
        """A partner for whom QI Tech opens no groups is no worse off than without the setting."""
        await world.qitech.fail("http_403", operation="open_group", count=None)
        token = await send(world, 2)
        await world.until_at_rest()

        assert {TO_SIGN} == await statuses(world, token)
        links = await links_of(world, token)
        assert 2 == len({link for link in links if link})
        assert [None] == await groups(world)


class TestSending:
    @pytest.mark.parametrize(
        "fault",
        [
            "lost_after",
            pytest.param("http_503", marks=pytest.mark.soak),
            pytest.param("429", marks=pytest.mark.soak),
            pytest.param("truncated", marks=pytest.mark.soak),
        ],
    )
    async def test_is_tried_until_the_link_is_there(self, world: World, fault: str) -> None:
        """Closing twice is once: the link of a group that was closed before is read."""
        await world.qitech.fail(fault, operation="send_group", count=2)
        token = await send(world, 2)
        await world.until_at_rest()

        assert 1 == len(set(await links_of(world, token)))
        assert 1 == len(await world.qitech.ledger("group_sent"))

    async def test_that_is_refused_needs_a_person(self, world: World) -> None:
        """Contracts wait for a link; a person has it tried again."""
        await world.qitech.fail("http_400", operation="send_group", count=1)
        await world.qitech.fail("http_404", operation="read_group", count=1)
        token = await send(world, 2)
        await world.until_at_rest()

        [parked] = await world.operations("needs_attention")
        assert "portability.send_group" == parked["kind"]
        assert {None} == set(await links_of(world, token))
        await act(
            world.runtime,
            UUID(parked["id"]),
            OperationAction.ASK_AGAIN,
            note="They mended it.",
            actor="user:ana",
        )
        await until_linked(world, token)

    async def test_is_given_up_when_nothing_waits_any_more(self, world: World) -> None:
        """The envelope was cancelled before its group could be closed."""
        await world.qitech.fail("http_503", operation="send_group", count=None)
        token = await send(world, 1)
        async with world.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
            assert 200 == answer.status
        await world.until_at_rest()

        assert ["REFUSED"] == await operations(world, "portability.send_group")
        assert [] == await world.qitech.ledger("group_sent")


class TestALateContract:
    """One that was left to a person while its envelope's group was closed."""

    async def test_that_was_in_the_group_is_signed_with_it(self, world: World) -> None:
        """Its proposal had arrived; it becomes known when the provider answers again."""
        token, number = await parked(world, "lost_after")

        await ask_again(world, number)
        await until_all(world, token, TO_SIGN)

        assert 1 == len(set(await links_of(world, token)))
        [key] = await groups(world)
        await world.qitech.person("client", "sign_group", group_key=str(key))
        await until_all(world, token, SIGNED)

    async def test_that_is_sent_now_has_a_link_of_its_own(self, world: World) -> None:
        """It had never arrived, and a closed group takes nobody in."""
        token, number = await parked(world, "http_503")

        await ask_again(world, number)
        await until_all(world, token, TO_SIGN)

        late, other = sorted(
            await world.partner_view(token), key=lambda one: one["number"] != number
        )
        shown = {one["number"]: one for one in (await world.details(token))["contracts"]}
        links = [shown[one["number"]]["portability"]["signature_url"] for one in (late, other)]
        assert "group" not in links[0]
        assert "group" in links[1]
        async with world.api.get(f"/formalizacao/{token}") as answer:
            page = await answer.text()
        assert f'id="sign-{late["id"]}"' in page
        assert 1 == page.count('id="sign-all"')
        [key] = await groups(world)
        await world.qitech.person("client", "sign_group", group_key=str(key))
        await world.qitech.person("client", "sign", contract_number=number)
        await until_all(world, token, SIGNED)

    async def test_that_is_the_only_one_has_the_group_closed(self, world: World) -> None:
        """Nothing waited when the run was over; now something does."""
        token, number = await parked(world, "lost_after", portabilities=1)
        assert [] == await operations(world, "portability.send_group")

        await ask_again(world, number)
        await until_linked(world, token)

        assert {TO_SIGN} == await statuses(world, token)
        assert 1 == len(await world.qitech.ledger("group_sent"))


async def send(world: World, portabilities: int) -> str:
    """An envelope whose run is over."""
    token = await world.make_envelope(envelope(portabilities=portabilities))
    await world.send_link(token)
    await world.until_done(token)
    return token


async def parked(world: World, fault: str, *, portabilities: int = 2) -> tuple[str, str]:
    """An envelope whose first contract met the fault and waits for a person; and its number."""
    await world.qitech.act(query_by_contract_number=False)
    await world.qitech.fail_webhook("webhook_lost", count=None)
    body = envelope(portabilities=portabilities)
    number = body["contracts"][0]["contract_number"]
    await world.qitech.fail(fault, match={"contract_number": number})
    token = await world.make_envelope(body)
    await world.send_link(token)
    await world.until_at_rest()
    assert UNDECIDED in await statuses(world, token)
    await world.qitech.act(query_by_contract_number=True)
    await world.qitech.mend()
    return token, number


async def ask_again(world: World, number: str) -> None:
    """A person has the provider asked what became of a contract."""
    [row] = await world.fetch(
        "SELECT insertion_id FROM envelope_contracts WHERE number = $1", number
    )
    action = OperationAction.ASK_AGAIN
    await act(world.runtime, row["insertion_id"], action, note="Called them.", actor="user:ana")


async def is_linked(world: World, token: str) -> bool:
    """Whether the envelope's one link is there."""
    [row] = await world.fetch("SELECT group_url FROM envelopes WHERE token = $1", UUID(token))
    return row["group_url"] is not None


async def until_linked(world: World, token: str) -> None:
    """Wait until it is."""
    await until(partial(is_linked, world, token))


async def until_all(world: World, token: str, status: tuple[str, str]) -> None:
    """Wait until every contract of the envelope stands there."""

    async def are_so() -> bool:
        return {status} == await statuses(world, token)

    await until(are_so)


async def groups(world: World) -> list[UUID | None]:
    """The keys of the envelopes' groups."""
    return [row["group_key"] for row in await world.fetch("SELECT group_key FROM envelopes")]


async def operations(world: World, kind: str) -> list[str]:
    """The states of all operations of a kind."""
    rows = await world.fetch("SELECT state FROM operations WHERE kind = $1 ORDER BY id", kind)
    return [row["state"] for row in rows]


async def links_of(world: World, token: str) -> list[str | None]:
    """Where each contract is signed, as the client's page is told."""
    return [
        one["portability"]["signature_url"] for one in (await world.details(token))["contracts"]
    ]


async def numbers(world: World, token: str) -> list[str]:
    """The contract numbers of an envelope."""
    return [one["number"] for one in await world.partner_view(token)]


async def pairs(world: World, token: str) -> list[tuple[Any, Any]]:
    """Both statuses of every contract, in their order."""
    return [
        (one["status"], one["portability"]["status"]) for one in await world.partner_view(token)
    ]


async def statuses(world: World, token: str) -> set[tuple[Any, Any]]:
    """The pairs of statuses in an envelope."""
    return set(await pairs(world, token))
