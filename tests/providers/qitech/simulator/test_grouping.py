import asyncio

import pytest

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, Reply, proposal
from tests.world import until

GROUPS = "/document/document_batch_group"
OTHER = "14950479032"


async def open_group(partner: Partner) -> str:
    """A new group; its key."""
    key: str = (await partner.ask("POST", GROUPS, {})).body["document_batch_group_key"]
    return key


async def join(partner: Partner, group: str, number: str, cpf: str = "16514548091") -> Reply:
    """Post a proposal into a group."""
    asked = proposal(number, document_batch_group_key=group)
    asked["borrower"]["individual_document_number"] = cpf
    return await partner.ask("POST", PROPOSALS, asked)


async def send(partner: Partner, group: str) -> Reply:
    """Send a group to signature."""
    return await partner.ask("PUT", f"{GROUPS}/{group}/send_to_signature", {})


class TestGroup:
    async def test_has_one_link_for_all_its_proposals(self, partner: Partner) -> None:
        """Grouped proposals bring no link; the group's comes when it is sent."""
        group = await open_group(partner)
        answers = [await join(partner, group, number) for number in ("A-1", "A-2")]
        before = (await partner.ask("GET", f"{GROUPS}/{group}")).body

        sent = (await send(partner, group)).body

        assert not any("signature_information" in answer.body for answer in answers)
        assert {group} == {answer.body["document_batch_group_key"] for answer in answers}
        assert (None, "opened") == (before["signature_url"], before["document_batch_group_status"])
        assert sent["signature_url"].endswith(f"/sign/group/{group}")
        assert ["A-1", "A-2"] == [one["contract_number"] for one in sent["operations"]]

    async def test_is_of_one_person(self, partner: Partner) -> None:
        """A proposal of another CPF is refused at once and does not exist."""
        group = await open_group(partner)
        await join(partner, group, "A-1")

        refused = await join(partner, group, "A-2", cpf=OTHER)

        assert (400, "SIM000416") == (refused.status, refused.body["code"])
        assert [] == await partner.effects("A-2")

    async def test_lets_a_proposal_go(self, partner: Partner) -> None:
        """A removed proposal gets a link of its own; it cannot be removed again."""
        group = await open_group(partner)
        key = (await join(partner, group, "A-1")).body["proposal_key"]
        path = f"{GROUPS}/{group}/operation/{key}"

        removed = await partner.ask("DELETE", path)
        again = await partner.ask("DELETE", path)

        assert (200, []) == (removed.status, removed.body["operations"])
        assert "signature_information" in await partner.read(key)
        assert 404 == again.status

    async def test_is_closed_once_sent(self, partner: Partner) -> None:
        """No proposal joins or leaves a group on signature, and it is sent once."""
        group = await open_group(partner)
        empty = await send(partner, group)
        key = (await join(partner, group, "A-1")).body["proposal_key"]
        await send(partner, group)

        replies = [
            await join(partner, group, "A-2"),
            await partner.ask("DELETE", f"{GROUPS}/{group}/operation/{key}"),
            await send(partner, group),
        ]

        assert {(400, "SIM000417")} == {
            (reply.status, reply.body["code"]) for reply in (empty, *replies)
        }

    async def test_is_closed_to_those_who_come_late(self, partner: Partner) -> None:
        """A proposal that takes effect after the group was sent is refused all the same."""
        group = await open_group(partner)
        await join(partner, group, "A-1")
        fault = {"kind": "effect_delayed", "operation": "create_proposal"}
        await partner.control("POST", "faults", {**fault, "arguments": {"seconds": 600}})

        async def is_struck() -> bool:
            [struck] = (await partner.control("GET", "faults"))["items"]
            return bool(struck["struck"])

        joining = asyncio.create_task(join(partner, group, "A-2"))
        await until(is_struck)
        sent = await send(partner, group)
        await partner.control("DELETE", "faults/1")
        late = await joining

        assert (200, 400) == (sent.status, late.status)
        assert [] == await partner.effects("A-2")

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("PUT", "/send_to_signature"), ("DELETE", "/operation/nothing")],
    )
    async def test_must_exist(self, partner: Partner, method: str, path: str) -> None:
        """An unknown group is 404, also as the group of a new proposal."""
        reply = await partner.ask(method, f"{GROUPS}/nothing{path}")
        joined = await join(partner, "nothing", "A-1")

        assert (404, 404) == (reply.status, joined.status)

    async def test_is_refused_as_a_whole(self, partner: Partner) -> None:
        """The page's other button ends every proposal in it, and never twice."""
        group = await open_group(partner)
        keys = [(await join(partner, group, n)).body["proposal_key"] for n in ("A-1", "A-2")]
        await send(partner, group)
        page = f"{partner.base_url}/qitech/sign/group/{group}"

        shown = []
        for _ in range(2):
            async with partner.session.post(f"{page}/refuse") as answer:
                shown.append(await answer.text())

        assert all("Não há mais nada para assinar" in one for one in shown)
        assert ["canceled"] * 2 == [(await partner.read(k))["proposal_status"] for k in keys]
        assert 2 == (await partner.effects()).count("proposal_canceled")

    async def test_is_signed_as_a_whole(self, partner: Partner) -> None:
        """One act signs every proposal in it, once it has been sent."""
        group = await open_group(partner)
        for number in ("A-1", "A-2"):
            await join(partner, group, number)

        early = await partner.act("client", "sign_group", group_key=group)
        await send(partner, group)
        signed = await partner.act("client", "sign_group")
        again = await partner.act("client", "sign_group", group_key=group)

        assert {"A-1": "pending_response", "A-2": "pending_response"} == signed["proposals"]
        assert ("error", "error") == (*list(early)[:1], *list(again)[:1])

    async def test_is_concluded_when_all_have_ended(self, partner: Partner) -> None:
        """Canceled proposals leave; when the last of the others ends, so does the group."""
        group = await open_group(partner)
        keys = [
            (await join(partner, group, number)).body["proposal_key"]
            for number in ("A-1", "A-2", "A-3")
        ]
        await partner.patch(keys[0], "canceled")
        await send(partner, group)
        await partner.act("client", "sign_group")

        await partner.patch(keys[1], "canceled")
        between = (await partner.ask("GET", f"{GROUPS}/{group}")).body
        await partner.act("ctc", "refuse", contract_number="A-3")
        after = (await partner.ask("GET", f"{GROUPS}/{group}")).body

        assert ("on_signature", 1) == (
            between["document_batch_group_status"],
            len(between["operations"]),
        )
        assert "concluded" == after["document_batch_group_status"]
        assert ["group_opened", "group_sent", "group_concluded"] == await partner.effects(group)
