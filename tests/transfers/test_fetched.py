"""A 1C that cannot be called fetches what we have to tell it, and says what came of it."""

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.transfers.desk import Desk, open_desk
from tests.transfers.house import AGENT_NAME, LEAD_NAME
from tests.transfers.pricing import price
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.documents import DocumentKind, Request, list_jobs, request_document
from tramita.transfers.lifecycle import ApplicationTrigger, PaymentTrigger
from tramita.transfers.model import Application
from tramita.transfers.office.settings import DEMO_SECRET, DEMO_USERNAME
from tramita.transfers.office.standing import OnecState
from tramita.transfers.service import assign_agent, move_payment

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASIC = f"Basic {b64encode(f'{DEMO_USERNAME}:{DEMO_SECRET}'.encode()).decode()}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module, whose 1C is behind somebody's wall."""
    async with open_desk(server, tmp_path_factory.mktemp("desk"), way="fetched") as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="module")
async def desk(shared_desk: Desk) -> AsyncIterator[Desk]:
    """The desk, whose 1C asks for messages all the time."""
    await shared_desk.onec.act(is_reachable=False, poll_seconds=0.1, posting="", job_seconds=1)
    yield shared_desk
    await shared_desk.onec.act(is_reachable=True)


async def fetch(desk: Desk, path: str = "", body: Any = None) -> tuple[int, dict[str, Any]]:
    """What somebody who fetches is answered."""
    async with aiohttp.ClientSession(desk.world.url) as onec:
        call = onec.get if body is None else onec.post
        more = {} if body is None else {"json": body}
        headers = {"authorization": BASIC}
        async with call(f"/api/onec/v1/outbox{path}", headers=headers, **more) as answer:
            return answer.status, await answer.json()


class TestFetching:
    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=-1", "limit=3000000000", "after=-1", f"after={2**53}"]
    )
    async def test_of_what_there_cannot_be_is_refused(self, desk: Desk, query: str) -> None:
        """However many are asked for, there are so many at a time."""
        assert 400 == (await fetch(desk, f"?{query}"))[0]


class TestAnApplication:
    async def test_is_fetched_changed_and_given_up(self, desk: Desk) -> None:
        """Nobody calls 1C for it; every step is acknowledged."""
        before = await desk.onec.requests()
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.ACKED)
        changed = await desk.edit(made.id, money={"amount": "13000.00"})

        async def is_there() -> bool:
            return (await desk.application(made.id)).onec_revision == changed.revision

        await until(is_there)
        await desk.house.move(made.id, ApplicationTrigger.CANCEL, reason="not wanted")

        async def is_given_up() -> bool:
            return "application_cancelled" in await desk.effects(made.id)

        await until(is_given_up)
        created = ["application_created", "application_updated", "application_cancelled"]
        assert created == await desk.effects(made.id)
        assert before == await desk.onec.requests()

    async def test_is_told_of_another_agent(self, desk: Desk) -> None:
        """And of the next one, where it has changed since that was fetched."""
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.ACKED)
        await desk.onec.act(is_reachable=True)
        who = desk.house.as_lead
        # Whoever is next has begun before that, and waited for the application.
        async with desk.house.acting(who) as late:
            await desk.assign(made.id, desk.house.lead)
            message = await waiting(desk, made, "agent")
            await assign_agent(late, made.id, desk.house.agent, who)
        await acknowledge(desk, message)

        again = await waiting(desk, made, "agent")
        assert [LEAD_NAME, AGENT_NAME] == [one["body"]["agent_name"] for one in (message, again)]
        await desk.onec.act(is_reachable=False)

        async def is_known() -> bool:
            return await desk.agent_there(made.id) == AGENT_NAME

        await until(is_known)

    async def test_is_told_of_what_people_add(self, desk: Desk) -> None:
        """And of the next file, where it has come since that was fetched."""
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.ACKED)
        await desk.onec.act(is_reachable=True)
        first = await desk.add(made.id)
        message = await waiting(desk, made, "files")
        second = await desk.add(made.id, "Specification.pdf")
        await acknowledge(desk, message)

        again = await waiting(desk, made, "files")
        told = [[file["file_id"] for file in one["body"]["files"]] for one in (message, again)]
        assert [[first], [first, second]] == [one[1:] for one in told]
        await desk.onec.act(is_reachable=False)
        await desk.until_filed(made.id, first, second)

    async def test_that_is_refused_is_told_in_its_words(self, desk: Desk) -> None:
        """As if it had been called."""
        await desk.onec.act(posting="Не заполнено соглашение")
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.FAILED_MANUAL)

        assert "Не заполнено соглашение" == (await desk.standing(made.id)).refusal

    async def test_has_documents_made(self, desk: Desk) -> None:
        """They come by themselves."""
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.ACKED)
        async with desk.house.acting(desk.house.as_agent) as work:
            job = await request_document(
                work, made.id, Request(DocumentKind.INVOICE), desk.house.as_agent
            )

        async def is_here() -> bool:
            rows = await desk.world.fetch("SELECT state FROM document_jobs WHERE id = $1", job.id)
            return rows[0]["state"] in ("stored", "posted_to_chat")

        await until(is_here)


async def waiting(desk: Desk, made: Application, kind: str) -> dict[str, Any]:
    """The message of a kind about an application, once it can be fetched."""
    found: list[dict[str, Any]] = []

    async def is_there() -> bool:
        _, said = await fetch(desk)
        about = [one for one in said["messages"] if one["external_id"] == str(made.id)]
        found[:] = [one for one in about if one["kind"] == kind]
        return bool(found)

    await until(is_there)
    return found[0]


async def acknowledge(desk: Desk, message: dict[str, Any], **said: Any) -> list[int]:
    """Say what came of a message; answers what is taken of that."""
    messages = [{"message_no": message["message_no"], **said}]
    status, answer = await fetch(desk, "/ack", {"messages": messages})
    assert status == 200
    taken: list[int] = answer["acknowledged"]
    return taken


class TestAnAnswer:
    async def test_that_refuses_a_document_fails_its_request(self, desk: Desk) -> None:
        """Whoever asked for it reads why; the application stands there as it stood."""
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.ACKED)
        await desk.onec.act(is_reachable=True)
        async with desk.house.acting(desk.house.as_agent) as work:
            await request_document(work, made.id, Request(DocumentKind.ACT), desk.house.as_agent)
        message = await waiting(desk, made, "document_request")

        taken = await acknowledge(desk, message, error="Нет реализации")

        async with desk.house.database.reading() as work:
            [job] = await list_jobs(work, made.id)
        assert [message["message_no"]] == taken
        assert ("failed", "Нет реализации") == (job.state, job.reason)
        assert OnecState.ACKED is (await desk.standing(made.id)).state

    async def test_that_refuses_an_older_form_has_the_newer_one_sent(self, desk: Desk) -> None:
        """It was changed after it had been fetched, perhaps because of what was wrong."""
        await desk.onec.act(is_reachable=True)
        made = await desk.house.in_house()
        message = await waiting(desk, made, "application")
        changed = await desk.edit(made.id, money={"amount": "13000.00"})

        await acknowledge(desk, message, error="Сумма больше лимита")

        again = await waiting(desk, made, "application")
        assert again["message_no"] > message["message_no"]
        assert changed.revision == again["body"]["revision"]

    async def test_about_a_payment_that_has_moved_since_is_not_taken(self, desk: Desk) -> None:
        """What the client takes back is told, and not believed to be known."""
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.ACKED)
        await desk.onec.act(is_reachable=True)
        await price(desk.house, made)
        await _pay(desk, made, PaymentTrigger.SEND)
        message = await waiting(desk, made, "payment")
        await _pay(desk, made, PaymentTrigger.TAKE_BACK)

        early = await acknowledge(desk, message)
        again = await waiting(desk, made, "payment")
        late = await acknowledge(desk, again)

        assert ([], [message["message_no"]]) == (early, late)
        assert message["body"] != again["body"]

    async def test_about_a_payment_is_not_taken_also_where_whoever_moves_it_has_waited(
        self, desk: Desk
    ) -> None:
        """They have begun before the message was wanted."""
        made = await desk.house.in_house()
        await desk.until_stands(made.id, OnecState.ACKED)
        await desk.onec.act(is_reachable=True)
        await price(desk.house, made)
        client = desk.house.as_client
        async with desk.house.acting(client) as late:
            await _pay(desk, made, PaymentTrigger.SEND_TEST)
            message = await waiting(desk, made, "payment")
            await move_payment(late, made.id, PaymentTrigger.SEND, client)

        await acknowledge(desk, message)

        again = await waiting(desk, made, "payment")
        assert ["test_sent", "client_sent"] == [
            one["body"]["payment_status"] for one in (message, again)
        ]


async def _pay(desk: Desk, made: Application, trigger: PaymentTrigger) -> None:
    client = desk.house.as_client
    async with desk.house.acting(client) as work:
        await move_payment(work, made.id, trigger, client)


class TestMessages:
    async def test_wait_until_they_are_acknowledged(self, desk: Desk) -> None:
        """However often they are fetched; one that nobody wants any more is not told."""
        await desk.onec.act(is_reachable=True)
        made = await desk.house.in_house()

        async def waits() -> bool:
            _, said = await fetch(desk)
            return str(made.id) in [one["external_id"] for one in said["messages"]]

        await until(waits)
        first, again = await fetch(desk), await fetch(desk)
        await desk.house.move(made.id, ApplicationTrigger.CANCEL, reason="not wanted")
        _, after = await fetch(desk)

        assert first == again
        [message] = [one for one in first[1]["messages"] if one["external_id"] == str(made.id)]
        assert ("application", made.revision) == (message["kind"], message["body"]["revision"])
        assert str(made.id) not in [one["external_id"] for one in after["messages"]]

    async def test_are_acknowledged_with_what_they_came_to(self, desk: Desk) -> None:
        """A number that was never given, and a document that is missing, are told so."""
        await desk.onec.act(is_reachable=True)
        made = await desk.house.in_house()

        async def number() -> int | None:
            _, said = await fetch(desk)
            found = [
                one["message_no"] for one in said["messages"] if one["external_id"] == str(made.id)
            ]
            return found[0] if found else None

        async def waits() -> bool:
            return await number() is not None

        await until(waits)
        message_no = await number()
        unknown = await fetch(desk, "/ack", {"messages": [{"message_no": 10**9}]})
        bare = await fetch(desk, "/ack", {"messages": [{"message_no": message_no}]})
        document = {
            "external_id": str(made.id),
            "ref_key": "3d71007f-8d04-11dc-8ca0-000d8843cd1b",
            "number": "ПА00-000007",
            "date": "2026-11-30T12:00:00",
            "accepted_revision": made.revision,
        }
        good = {"messages": [{"message_no": message_no, "document": document}]}
        done, again = await fetch(desk, "/ack", good), await fetch(desk, "/ack", good)

        assert [422, 422] == [unknown[0], bare[0]]
        assert (200, {"acknowledged": [message_no]}) == done
        assert (200, {"acknowledged": []}) == again
        assert "ПА00-000007" == (await desk.application(made.id)).onec_number
