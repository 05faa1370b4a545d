import re

import pytest

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, proposal

GROUPS = "/document/document_batch_group"


class TestSigningPage:
    async def test_is_enough_to_sign(self, partner: Partner) -> None:
        """Opening is noticed once, the button signs, and the page then says so."""
        created = await partner.create()
        url = created["signature_information"][0]["signature_url"]

        async with partner.session.get(url) as opened, partner.session.get(url) as again:
            pages = await opened.text(), await again.text()
        async with partner.session.post(url) as signed:
            page, status = await signed.text(), signed.status
        async with partner.session.post(url) as twice:
            later = twice.status

        assert all('<form method="post"><button>' in page for page in pages)
        assert (200, 200) == (status, later)
        assert "Assinado" in page
        assert "<button>" not in page
        assert [
            "proposal_created",
            "signer_link_clicked",
            "proposal_signed",
            "proposal_pending_response",
        ] == await partner.effects()

    async def test_offers_nothing_for_a_canceled_proposal(self, partner: Partner) -> None:
        """A proposal that has ended cannot be signed here."""
        created = await partner.create()
        await partner.patch(created["proposal_key"], "canceled")
        url = created["signature_information"][0]["signature_url"]

        async with partner.session.post(url) as answer:
            page = await answer.text()

        assert "Encerrado" in page
        assert "proposal_signed" not in await partner.effects()

    async def test_shows_amounts_as_a_brazilian_reads_them(self, partner: Partner) -> None:
        """A point for thousands, a comma for cents."""
        created = await partner.create()
        url = created["signature_information"][0]["signature_url"]

        async with partner.session.get(url) as answer:
            page = await answer.text()

        amounts = re.findall(r"R\$ [\d.,]+", page)
        assert 2 == len(amounts)
        assert all(re.fullmatch(r"R\$ (\d{1,3}\.)*\d{1,3},\d\d\.?", one) for one in amounts)

    @pytest.mark.parametrize("path", ["sign/nothing", "sign/group/nothing"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_that_nobody_made_says_what_to_do(
        self, partner: Partner, path: str, method: str
    ) -> None:
        """A client with half a link reads a page, and nothing is signed."""
        url = f"{partner.base_url}/qitech/{path}"
        async with partner.session.request(method, url) as answer:
            page, status = await answer.text(), answer.status

        assert 404 == status
        assert "Este link de assinatura não existe" in page
        assert [] == await partner.effects()


class TestGroupPage:
    async def test_signs_all_in_one_journey(self, partner: Partner) -> None:
        """One page shows every contract, and its button signs them all."""
        group = (await partner.ask("POST", GROUPS, {})).body["document_batch_group_key"]
        keys = []
        for number in ("A-1", "A-2"):
            asked = proposal(number, document_batch_group_key=group)
            keys.append((await partner.ask("POST", PROPOSALS, asked)).body["proposal_key"])
        sent = await partner.ask("PUT", f"{GROUPS}/{group}/send_to_signature", {})

        async with partner.session.get(sent.body["signature_url"]) as opened:
            before = await opened.text()
        async with partner.session.post(sent.body["signature_url"]) as signed:
            after = await signed.text()

        assert "A-1" in before
        assert "A-2" in before
        assert 2 == after.count("Assinado.")
        assert {"pending_response"} == {
            (await partner.read(key))["proposal_status"] for key in keys
        }
