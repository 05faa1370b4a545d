"""What QI Tech says can be written down, whatever characters are in it."""

from datetime import UTC, datetime
from pathlib import Path

from tests.kit.vendors import Reader, Vendor, Writer, serving
from tests.providers.qitech.test_gateway import API_KEY, attempt, opened, proposal
from tramita.kit.outcome import Refused, Unknown
from tramita.providers.qitech.gateway import PROPOSALS
from tramita.providers.qitech.signing import RequestSigner
from tramita.simulation.keys import ensure_key_pair

BODY = b'{"code": "ISS\\u0000", "description": "not\\u0000 now"}'


class TestACharacterThatIsNone:
    async def test_keeps_no_answer_from_being_recorded(self, tmp_path: Path) -> None:
        """PostgreSQL stores no NUL: the text shows that one was sent, here and in the journal."""
        key = ensure_key_pair(tmp_path / "qitech", "provider").private_pem.decode()

        async def answer(vendor: Vendor, reader: Reader, writer: Writer) -> None:
            await vendor.hear(reader)
            headers = {"Content-Length": str(len(BODY)), "Content-Type": "application/json"}
            signer = RequestSigner(API_KEY, key)
            signed = signer.sign(BODY, method="POST", path=PROPOSALS, at=datetime.now(UTC))
            headers |= signed.headers
            lines = [f"{name}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join(["HTTP/1.1 400 No", *lines, "", ""]).encode() + BODY)
            await writer.drain()

        this = attempt()
        async with serving(answer) as vendor, opened(tmp_path / "qitech", vendor.url, "v2") as us:
            outcome = await us.insert_proposal(proposal(), this)

        assert Refused("ISS\N{REPLACEMENT CHARACTER}", "not\N{REPLACEMENT CHARACTER} now") == (
            outcome
        )
        assert "\x00" not in this.exchanges[0].answer

    async def test_in_an_answer_that_is_no_json_is_shown_as_such(self, tmp_path: Path) -> None:
        """Raw bytes of whatever stands before QI Tech."""

        async def answer(vendor: Vendor, reader: Reader, writer: Writer) -> None:
            await vendor.hear(reader)
            writer.write(b"HTTP/1.1 400 No\r\nContent-Length: 5\r\n\r\na\x00b\xffc")
            await writer.drain()

        this = attempt()
        async with serving(answer) as vendor, opened(tmp_path / "qitech", vendor.url, "v2") as us:
            outcome = await us.insert_proposal(proposal(), this)

        assert isinstance(outcome, Unknown)
        assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" == this.exchanges[0].answer
