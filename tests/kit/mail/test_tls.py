"""E-mails over TLS: to a mail server that shows a certificate that we trust, and to none else."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.kit.mail.door import HERE, Door
from tests.kit.mail.post import PostOffice, running_post_office
from tramita.kit.database.engine import Database
from tramita.kit.mail.postman import Postman, Where
from tramita.kit.mail.settings import MailSettings, Security

Knocking = Callable[..., AbstractAsyncContextManager[tuple[PostOffice, Door]]]


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
        async with running_post_office(database) as office:
            serve = office.mailbox.server._serve
            server = await asyncio.start_server(serve, HERE, 0, ssl=_context(certificate))
            async with server:
                _go_to(office, server.sockets[0].getsockname()[1], Security.TLS)
                await office.send(*await office.write("one"))

            assert ([state], is_trusted) == (await office.states(), bool(office.taken))


class TestSigningIn:
    """Over STARTTLS, as most mail servers ask for."""

    @pytest.mark.parametrize(
        ("password", "state", "status"), [("right", "delivered", 250), ("wrong", "waiting", 535)]
    )
    async def test_goes_by_user_and_password(
        self, knocking: Knocking, password: str, state: str, status: int
    ) -> None:
        """Both are said over TLS alone; a wrong one is mended by people, and tried again then."""
        async with knocking(password=password) as (office, door):
            await office.send(*await office.write("one"))

            attempt = await office.last_attempt()
            assert ([state], status) == (await office.states(), attempt["status"])
        assert [("campus", password, True)] == door.tried
        assert int(state == "delivered") == len(door.mails)

    @pytest.mark.parametrize("lacks", ["STARTTLS", "AUTH"])
    async def test_is_not_done_where_the_mail_server_lacks_it(
        self, knocking: Knocking, lacks: str
    ) -> None:
        """Nothing goes in clear, neither password nor text, and nothing by nobody."""
        async with knocking(lacks={lacks}) as (office, door):
            await office.send(*await office.write("one"))

            assert ["waiting"] == await office.states()
        assert ([], []) == (door.tried, door.mails)

    async def test_needs_a_certificate_that_we_trust(
        self, knocking: Knocking, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever sits on the line gets no password."""
        monkeypatch.delenv("SSL_CERT_FILE")
        async with knocking() as (office, door):
            await office.send(*await office.write("one"))

            assert ["waiting"] == await office.states()
        assert ([], []) == (door.tried, door.mails)


@pytest.fixture
def knocking(
    database: Database, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Knocking:
    """A post office that signs in at a door of its own, whose certificate it trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    @asynccontextmanager
    async def open_door(
        password: str = "right", lacks: Collection[str] = ()
    ) -> AsyncIterator[tuple[PostOffice, Door]]:
        door = Door(_context(certificate), {"campus": "right"}, lacks)
        async with running_post_office(database) as office, door.open() as port:
            _go_to(office, port, Security.STARTTLS, user="campus", password=password)
            yield office, door

    return open_door


def _context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def _go_to(office: PostOffice, port: int, security: Security, **more: str) -> None:
    own = MailSettings(
        host=HERE, port=port, security=security, sender="a@campus.example", deadline=60, **more
    )

    async def find() -> Where:
        return (HERE, port)

    office.runtime.postman = Postman(own, find)
