from typing import Any

import pytest

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, proposal
from tests.providers.qitech.simulator.test_people import bring
from tramita.providers.qitech.simulator.acts import BUTTONS


class TestSet:
    @pytest.mark.parametrize(
        "wanted",
        [
            {"life": "wild"},
            {"weather": "fine"},
            {"retained_share": 1.5},
            {"consent": "yes"},
            {"life": "automatic", "duplicates": "dup_never"},
        ],
    )
    async def test_takes_all_or_nothing(self, partner: Partner, wanted: dict[str, Any]) -> None:
        """An unknown condition or value is refused, and none of the order is done."""
        refused = await partner.set(**wanted)

        assert "conditions are" in refused["error"]
        assert "manual" == (await partner.set())["life"]

    async def test_is_undone_by_a_reset(self, partner: Partner) -> None:
        """A reset brings the first conditions back and empties the book."""
        await partner.set(life="automatic", documents="cancel")
        await partner.create()

        await partner.control("POST", "reset", {})
        shown = await partner.set()

        assert (0, "manual", "refuse") == (shown["proposals"], shown["life"], shown["documents"])


class TestRestart:
    async def test_keeps_what_it_knows(self, partner: Partner) -> None:
        """With memory, proposals and conditions stay and faults are gone."""
        await partner.set(life="automatic")
        key = (await partner.create())["proposal_key"]
        await partner.control("POST", "faults", {"kind": "http_503", "count": None})

        shown = await partner.act("operator", "restart", memory=True)
        reply = await partner.ask("GET", f"{PROPOSALS}/{key}")

        assert (1, "automatic", 200) == (shown["proposals"], shown["life"], reply.status)

    async def test_forgets_without_memory(self, partner: Partner) -> None:
        """Without memory nothing is known or happens any more; the ledger still tells."""
        key = await bring(partner, "pending_response")
        await partner.set(life="automatic")

        shown = await partner.act("operator", "restart", memory=False)
        await partner.advance("10d")

        assert (0, "manual") == (shown["proposals"], shown["life"])
        assert 404 == (await partner.ask("GET", f"{PROPOSALS}/{key}")).status
        assert ["proposal_created", "proposal_signed", "proposal_pending_response"] == (
            await partner.effects("A-0001")
        )

    @pytest.mark.parametrize(
        "order",
        [
            {"action": "restart", "memory": "some"},
            {"action": "restart", "proposal_key": "1"},
            {"action": "announce", "type": ["a"]},
            {"action": "announce", "type": "a"},
            {"action": "announce", "life": "manual"},
            {"action": "dance"},
        ],
    )
    async def test_is_refused_when_it_is_not_understood(
        self, partner: Partner, order: dict[str, object]
    ) -> None:
        """An order of a wrong type, or with too much in it, does nothing."""
        await partner.control("POST", "faults", {"kind": "http_503", "count": None})

        refused = await partner.control("POST", "act", {"actor": "operator", **order})

        assert {"error", "known"} == set(refused)
        assert 1 == len((await partner.control("GET", "state"))["faults"])


class TestFaults:
    @pytest.mark.parametrize(
        ("operation", "method", "path", "body"),
        [
            ("upload_document", "POST", "/upload", None),
            ("open_group", "POST", "/document/document_batch_group", {}),
            (
                "balance_request",
                "POST",
                "/social_security/balance_request",
                {"document_number": "16514548091"},
            ),
            ("read_collateral", "GET", "{}/portability_credit_operation/collateral", None),
            ("read_proposal", "GET", "{}", None),
            ("update_proposal", "PATCH", "{}", {"status": "canceled"}),
        ],
    )
    async def test_strike_the_later_operations_too(
        self, partner: Partner, operation: str, method: str, path: str, body: object
    ) -> None:
        """Each operation is known by its name, and nothing happens when it is refused before."""
        key = (await partner.create())["proposal_key"]
        before = await partner.effects()
        await partner.control("POST", "faults", {"kind": "http_500", "operation": operation})

        if operation == "upload_document":
            await partner.set(documents="cancel")
            reply = await partner.upload(b"picture")
        else:
            reply = await partner.ask(method, path.format(f"{PROPOSALS}/{key}"), body)

        assert 500 == reply.status
        assert before == await partner.effects()


class TestButtons:
    async def test_are_about_the_latest_proposal(self, partner: Partner) -> None:
        """Every button is an act that this vendor knows, possible now or not."""
        await partner.ask("POST", PROPOSALS, proposal())

        for button in BUTTONS:
            answer = await partner.control("POST", "act", dict(button.act))
            assert "does not" not in answer.get("error", ""), button.label
