import pytest

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, jpeg, proposal
from tramita.providers.qitech.simulator.uploads import defect_of, jpeg_size

SIGNATURE = {
    "type": "pdf-signature",
    "signed_pdf_path": "https://partner.example/signed.pdf",
    "ip_address": "203.0.113.7",
    "signature_datetime": "2026-11-22T12:00:00.000Z",
    "similarity_score": 0.98,
    "biometry_analysis_reference": "b-1",
}


class TestSign:
    async def test_takes_a_signature_collected_elsewhere(self, partner: Partner) -> None:
        """The proposal goes to the clearing house and the operation is signed; once only."""
        key = (await partner.create())["proposal_key"]
        path = f"{PROPOSALS}/{key}/portability_credit_operation/signature"

        reply = await partner.ask("POST", path, SIGNATURE)
        again = await partner.ask("POST", path, SIGNATURE)

        operation = reply.body["portability_credit_operation"]
        assert (200, "pending_response", "signed") == (
            reply.status,
            reply.body["proposal_status"],
            operation["credit_operation_status"],
        )
        assert (400, "SIM000400") == (again.status, again.body["code"])

    async def test_wants_the_evidence(self, partner: Partner) -> None:
        """A body without its fields breaks the schema, and nothing is signed."""
        key = (await partner.create())["proposal_key"]
        path = f"{PROPOSALS}/{key}/portability_credit_operation/signature"

        reply = await partner.ask("POST", path, {"type": "pdf-signature"})

        assert (400, "QIT000001") == (reply.status, reply.body["code"])
        assert ["proposal_created"] == await partner.effects()

    async def test_can_be_lost_after_it_was_taken(self, partner: Partner) -> None:
        """A fault matched by contract number strikes this call, and the effect stays."""
        key = (await partner.create())["proposal_key"]
        path = f"{PROPOSALS}/{key}/portability_credit_operation/signature"
        match = {"contract_number": "A-0001", "proposal_key": key, "cpf": "16514548091"}
        fault = {"kind": "http_503", "operation": "sign", "match": match}
        await partner.control("POST", "faults", {**fault, "arguments": {"after_effect": True}})

        reply = await partner.ask("POST", path, SIGNATURE)

        assert 503 == reply.status
        assert "proposal_signed" in await partner.effects()


class TestUpload:
    @pytest.mark.parametrize("field_name", ["file", "files"])
    @pytest.mark.parametrize("generation", ["v1", "v2"])
    async def test_keeps_a_picture(
        self, partner: Partner, field_name: str, generation: str
    ) -> None:
        """Either public field works in either generation; the md5 is of the file's bytes."""
        partner.generation = generation
        picture = jpeg(size=5000)

        reply = await partner.upload(picture, field_name=field_name)
        key = reply.body["document_key"]
        url = (await partner.ask("GET", f"/document/{key}/url")).body["document_url"]
        async with partner.session.get(url) as answer:
            found = await answer.read()

        assert (201, picture) == (reply.status, found)
        assert 32 == len(reply.body["document_md5"])
        assert ["document_uploaded"] == await partner.effects(key)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"%PDF-1.4", "SSC000061"),
            (b"", "SSC000061"),
            (jpeg(249, 800), "SIM000413"),
            (jpeg(800, 249), "SIM000413"),
            (jpeg(size=2 * 1024 * 1024 + 1), "SIM000413"),
        ],
        ids=["pdf", "nothing", "narrow", "low", "heavy"],
    )
    async def test_refuses_what_breaks_a_limit(
        self, partner: Partner, content: bytes, code: str
    ) -> None:
        """No JPEG, too small or too large a picture is refused."""
        reply = await partner.upload(content)

        assert (400, code) == (reply.status, reply.body["code"])

    async def test_checks_the_signature(self, partner: Partner) -> None:
        """An md5 of other bytes is not authentic."""
        partner.claims = {"payload_md5": "0" * 32}

        reply = await partner.upload(jpeg())

        assert (401, "GDF000014") == (reply.status, reply.body["code"])


class TestDocuments:
    async def test_are_named_by_a_proposal(self, partner: Partner) -> None:
        """The borrower's fields name uploads; a key that was never given is refused."""
        key = (await partner.upload(jpeg())).body["document_key"]
        asked, wrong = proposal("A-1"), proposal("A-2")
        asked["borrower"]["selfie"] = key
        wrong["borrower"]["selfie"] = "nothing"

        reply = await partner.ask("POST", PROPOSALS, asked)
        refused = await partner.ask("POST", PROPOSALS, wrong)

        assert (201, key) == (reply.status, reply.body["borrower"]["selfie"])
        assert (400, "SIM000414") == (refused.status, refused.body["code"])
        assert [] == await partner.effects("A-2")

    async def test_are_attached_later(self, partner: Partner) -> None:
        """A picture joins the borrower until the proposal is with the clearing house."""
        created = await partner.create()
        party = f"related_party/{created['borrower']['related_party_key']}"
        path = f"{PROPOSALS}/{created['proposal_key']}/{party}/attached_document"
        key = (await partner.upload(jpeg())).body["document_key"]
        order = {"document_key": key, "document_type": "document_identification"}

        attached = await partner.ask("POST", path, order)
        unknown = await partner.ask("POST", path, {**order, "document_key": "nothing"})
        stranger = await partner.ask("POST", path.replace("related_party/", "related_party/x"))
        shown = (await partner.read(created["proposal_key"]))["borrower"]
        await partner.act("client", "sign")
        late = await partner.ask("POST", path, order)

        assert (201, key) == (attached.status, shown["document_identification"])
        assert (400, 404, 400) == (unknown.status, stranger.status, late.status)

    async def test_out_of_limits_cancel_for_good_when_told(self, partner: Partner) -> None:
        """Taken at first, such a picture ends its proposal after it has been answered."""
        await partner.set(documents="cancel")
        key = (await partner.upload(b"no picture")).body["document_key"]
        asked = proposal()
        asked["borrower"]["selfie"] = key

        created = (await partner.ask("POST", PROPOSALS, asked)).body
        body = await partner.read(created["proposal_key"])

        assert ("created", "canceled_permanently", "canceled_permanently") == (
            created["proposal_status"],
            body["proposal_status"],
            body["portability_credit_operation"]["credit_operation_status"],
        )


class TestJpegSize:
    @pytest.mark.parametrize(
        "content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xda\x00\x00" + bytes(9), jpeg()[:-14]]
    )
    def test_is_unknown_of_what_is_cut(self, content: bytes) -> None:
        """Bytes without a whole frame header are no picture."""
        assert jpeg_size(content) is None

    def test_is_read_behind_other_segments(self) -> None:
        """Width and height stand in the frame header, wherever it begins."""
        assert (640, 480) == jpeg_size(jpeg(640, 480))
        assert defect_of(jpeg(250, 250)) is None
