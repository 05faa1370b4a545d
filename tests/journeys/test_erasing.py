"""A client of portability is erased, and nothing of them is left; or it is said why not."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from tests.forgetting import (
    CPF,
    FORMS,
    PEOPLE,
    ask_to_erase,
    envelope_of_somebody,
    traces,
    until_erased,
    until_nothing_waits,
)
from tests.journeys.processes import Processes
from tests.locks import until_waiting
from tests.portability import pictures
from tests.world import World
from tramita.kit import inbox
from tramita.kit.database.engine import Database
from tramita.kit.people.encrypting import count_values
from tramita.kit.people.erasing import look_again
from tramita.portability.pictures import PictureKind


async def an_envelope(world: World) -> str:
    """One with a picture, whose proposal is at the bank."""
    token = await world.make_envelope(envelope_of_somebody())
    path = f"/api/v1/envelopes/{token}/documents/{PictureKind.SELFIE.value}"
    headers = {"Content-Type": "image/jpeg"}
    async with world.api.put(path, data=pictures.noise(), headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    await world.send_link(token)
    await world.until_done(token)
    return token


async def cancelled(world: World, token: str) -> None:
    """Cancel an envelope, and wait until that has come to its end everywhere."""
    async with world.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
        assert answer.status == 200, await answer.text()
    await until_nothing_waits(world.database)


@asynccontextmanager
async def held(database: Database, table: str) -> AsyncIterator[None]:
    """Let nobody change a table until the block ends."""
    async with database.unit_of_work(actor="test") as work:
        await work.fetch(f"LOCK TABLE {table} IN SHARE MODE")
        yield


# Whatever a portability writes of its client that is not masked; none of it in clear.
ENCRYPTED_ON_THE_WAY = {"envelopes.customer", "inbox.body", "envelope_documents.content"}


class TestErasing:
    async def test_leaves_nothing_of_the_person(self, world: World) -> None:
        """Client, pictures, journals and messages; the contract keeps its figures and its end."""
        token = await an_envelope(world)
        await cancelled(world, token)
        async with world.database.unit_of_work(actor="test") as work:
            body = b"nobody can read this: Zulmira Quartzberg"
            await inbox.receive(work, "qitech", body, job="portability.take_message")
        await until_nothing_waits(world.database)
        assert {CPF, "Zulmira", "Odete"} <= {
            one.partition(":")[0] for one in await traces(world.database)
        }
        conflict = "FORMALIZACAO_CLIENTE here / paid there"
        await world.fetch("UPDATE envelope_contracts SET conflict = $1", conflict)
        before = await world.fetch("SELECT terms, financial, conflict FROM envelope_contracts")
        counted = await count_values(world.database, PEOPLE)
        assert {world.database.keys.first_name} == {key for _, key, _ in counted}
        assert ENCRYPTED_ON_THE_WAY <= {place for place, _, _ in counted}

        status, erasure = await ask_to_erase(world, "390.533.447-05")
        ended = await until_erased(world, erasure["id"])

        assert (202, [], "token:test") == (status, ended["kept"], ended["requested_by"])
        assert [] == await traces(world.database)
        left = await world.fetch("SELECT terms, financial, conflict FROM envelope_contracts")
        assert before == left
        [contract] = await world.partner_view(token)
        assert "CANCELADO" == contract["status"]
        async with world.api.get(f"/formalizacao/{token}") as page:
            assert 410 == page.status

    async def test_is_refused_while_a_contract_is_under_way(self, world: World) -> None:
        """The answer says which and where it stands, and nothing has changed."""
        token = await an_envelope(world)
        [contract] = await world.partner_view(token)

        status, said = await ask_to_erase(world, CPF)

        assert (409, "person_under_way") == (status, said["code"])
        assert f"contract {contract['number']} is FORMALIZACAO_CLIENTE" in said["detail"]
        assert "Zulmira Quartzberg" == (await world.details(token))["customer"]["name"]

    async def test_is_not_undone_by_a_message_that_comes_late(self, world: World) -> None:
        """What the bank says of them afterwards goes as well, and what was asked because of it."""
        token = await an_envelope(world)
        await cancelled(world, token)
        said = await world.fetch("SELECT * FROM inbox WHERE body IS NOT NULL ORDER BY id DESC")
        _, erasure = await ask_to_erase(world, CPF)
        await until_erased(world, erasure["id"])
        decrypt = world.database.keys.decrypt_bytes
        told = [json.loads(decrypt(one["body"], "inbox.body")) for one in said[:2]]
        bodies = [json.dumps(_with_a_name(one)).encode() for one in told]

        async with world.database.unit_of_work(actor="test") as work:
            for number, body in enumerate(bodies):
                await inbox.receive(
                    work, "qitech", body, job="portability.take_message", vendor_id=f"late-{number}"
                )
        await until_nothing_waits(world.database)
        # A worker may have looked at this very moment.
        await world.fetch("UPDATE erasures SET look_at = tramita_now()")
        await look_again(world.runtime)
        await until_nothing_waits(world.database)

        assert [] == await traces(world.database)

    async def test_asked_for_again_is_the_same(self, world: World) -> None:
        """By whatever they are known: there is one erasure of one person."""
        token = await an_envelope(world)
        await cancelled(world, token)

        _, first = await ask_to_erase(world, CPF)
        again, second = await ask_to_erase(world, token)
        await until_erased(world, first["id"])

        assert (202, first["id"]) == (again, second["id"])
        assert 404 == (await ask_to_erase(world, CPF))[0]


class TestKilling:
    async def test_the_command_anywhere_and_asking_again_ends_the_same(
        self, tramita: Processes
    ) -> None:
        """Each time it comes a little farther; in the end nothing of the person is left."""
        running = await tramita.start("all")
        token = await tramita.make_envelope(envelope_of_somebody(portabilities=2))
        await tramita.send_link(token)
        await tramita.until_done(token)
        async with tramita.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
            assert answer.status == 200, await answer.text()
        await until_nothing_waits(tramita.database)
        await tramita.kill(running)

        for table in ("contract_events", "exchanges", "inbox", "envelope_documents"):
            async with held(tramita.database, table):
                process = await tramita.begin("customers", "erase", token)
                await until_waiting(tramita.database)
                await tramita.kill(process)
            assert [] != await traces(tramita.database)
        code, said = await tramita.run("customers", "erase", token)

        assert (0, "erased") == (code, said.split()[-1])
        assert [] == await traces(tramita.database)


class TestExporting:
    async def test_tells_everything_that_erasing_takes(self, world: World) -> None:
        """Whoever asks gets the client, the journal, the picture and the messages, as JSON."""
        token = await an_envelope(world)
        await cancelled(world, token)

        async with world.api.post("/api/v1/customers/export", json={"person": CPF}) as answer:
            told = await answer.json()

        held = told["held"]
        assert "Zulmira Quartzberg" == held["envelopes"][0]["customer"]["borrower"]["name"]
        assert {one.name for one in PEOPLE.tables if one.rows} == set(held)
        assert [] not in (held["envelope_documents"], held["exchanges"], told["messages"])
        assert FORMS[0] in json.dumps(held)

    async def test_of_nobody_is_not_found(self, world: World) -> None:
        """Nothing is made up."""
        async with world.api.post(
            "/api/v1/customers/export", json={"person": "529.982.247-25"}
        ) as answer:
            assert (404, "person_not_found") == (answer.status, (await answer.json())["code"])

    @pytest.mark.parametrize("said", ["Zulmira", "12345678900", str(UUID(int=7))])
    async def test_of_what_is_no_person_is_refused(self, world: World, said: str) -> None:
        """Neither a document nor an id: nothing is guessed."""
        status, body = await ask_to_erase(world, said)

        assert (status, body["code"]) in {
            (400, "document_not_understood"),
            (404, "person_not_found"),
        }


def _with_a_name(said: dict[str, object]) -> dict[str, object]:
    return said | {"borrower": {"name": "Zulmira Quartzberg", "document": CPF}}
