"""E-mails over TLS: to a mail server that shows a certificate that we trust, and to none else."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.kit.mail.post import PostOffice, running_post_office
from tramita.kit.database.engine import Database
from tramita.kit.mail.postman import Postman, Where
from tramita.kit.mail.settings import MailSettings, Security

HERE = "127.0.0.1"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this machine, by nobody but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HERE)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class TestTLS:
    @pytest.mark.parametrize(("is_trusted", "state"), [(True, "delivered"), (False, "waiting")])
    async def test_is_spoken_with_whom_we_trust(
        self,
        database: Database,
        certificate: tuple[Path, Path],
        monkeypatch: pytest.MonkeyPatch,
        is_trusted: bool,
        state: str,
    ) -> None:
        """Somebody else's certificate gets neither the text nor a password."""
        if is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        async with running_post_office(database) as office:
            serve = office.mailbox.server._serve
            server = await asyncio.start_server(serve, HERE, 0, ssl=context)
            async with server:
                _speak_tls(office, server.sockets[0].getsockname()[1])
                await office.send(*await office.write("one"))

            assert ([state], is_trusted) == (await office.states(), bool(office.taken))


def _speak_tls(office: PostOffice, port: int) -> None:
    own = MailSettings(host=HERE, port=port, security=Security.TLS, sender="a@campus.example")

    async def find() -> Where:
        return (HERE, port)

    office.runtime.postman = Postman(own, find)
