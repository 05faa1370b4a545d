"""Who is heard at 1C's door: by its headers alone, and guessing costs the guesser."""

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.transfers.desk import QUICK, Desk, open_desk
from tests.transfers.telling import PDF, conditions, document, number, tell
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.transfers.api.office_access import (
    DIGEST,
    READ_UNKNOWN,
    SIGNATURE,
    TIMESTAMP,
    sign,
)
from tramita.transfers.office.settings import DEMO_SECRET, OfficeSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGNING: Final = OfficeSettings(**QUICK.model_dump() | {"authentication": "hmac"})
HUGE: Final = 70 * 1024 * 1024


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk for all tests of a module."""
    async with open_desk(server, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def unguessed(desk: Desk) -> AsyncIterator[None]:
    """Nobody has guessed before, and 1C shows a password."""
    yield
    desk.world.runtime.configure(QUICK)
    await desk.world.fetch("DELETE FROM login_attempts")


async def signed(
    desk: Desk, path: str, digest: str, age: int = 0, secret: str = DEMO_SECRET
) -> dict[str, str]:
    """The headers of a signed request whose body has this digest, by the platform's own clock."""
    [row] = await desk.world.fetch("SELECT extract(epoch FROM tramita_now())::bigint AS now")
    stamp = f"{row['now'] - age}"
    return {TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, "POST", path, digest)}


async def knock(desk: Desk, path: str, headers: dict[str, str], length: int) -> int:
    """The status of a request that sends its headers, and never its body."""
    url = urlsplit(str(desk.world.url))
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    lines = [f"POST {path} HTTP/1.1", f"Host: {url.netloc}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(60):
            first = await reader.readline()
    finally:
        writer.close()
    return int(first.split()[1])


class TestWhoCalls:
    async def test_is_known_by_user_and_password(self, desk: Desk) -> None:
        """Nobody else is heard."""
        made = await desk.at_onec()
        stranger = f"Basic {b64encode(b'onec:guess').decode()}"

        for shown in (stranger, "", "Bearer x"):
            status, _ = await tell(
                desk, "conditions", made.id, conditions(made), authorization=shown
            )
            assert 401 == status

    async def test_may_have_to_sign(self, desk: Desk) -> None:
        """Time, method, path and body; and its clock is right."""
        made = await desk.at_onec()
        path = f"/api/onec/v1/applications/{made.id}/status"
        body = json.dumps({"message_no": number(), "status": "in_work"}).encode()

        digest, other = (hashlib.sha256(one).hexdigest() for one in (body, b"{}"))
        desk.world.runtime.configure(SIGNING)

        good = await tell(desk, "status", made.id, body, **await signed(desk, path, digest))
        late = await tell(
            desk, "status", made.id, body, **await signed(desk, path, digest, 3 * 3600)
        )
        forged = await tell(desk, "status", made.id, body, **await signed(desk, path, other))

        assert [200, 401, 401] == [good[0], late[0], forged[0]]
        assert "clock is off by 108" in late[1]["detail"]

    async def test_comes_from_its_own_networks(self, desk: Desk) -> None:
        """Where there are any."""
        made = await desk.at_onec()
        for networks, expected in (("10.0.0.0/8", 403), ("127.0.0.0/8, ::1/128", 200)):
            own = OfficeSettings(networks=networks)  # type: ignore[arg-type]
            desk.world.runtime.configure(own)
            try:
                status, _ = await tell(
                    desk, "status", made.id, {"message_no": number(), "status": "in_work"}
                )
            finally:
                desk.world.runtime.configure(QUICK)
            assert expected == status

    async def test_has_guesses_slowed(self, desk: Desk) -> None:
        """After a few wrong passwords not even the right one is told from them, for a while."""
        made = await desk.at_onec()
        told = {"message_no": number(), "status": "in_work"}
        guesses = [f"Basic {b64encode(f'onec:{n}'.encode()).decode()}" for n in range(5)]

        before = [
            (await tell(desk, "status", made.id, told, authorization=one))[0] for one in guesses
        ]
        status, answer = await tell(desk, "status", made.id, told)

        assert ([401] * 5, 429) == (before, status)
        assert "wait" in answer["detail"]
        assert [] == await desk.world.fetch(
            "SELECT FROM office_messages WHERE message_no = $1", told["message_no"]
        )

    async def test_has_guesses_slowed_that_come_at_once(self, desk: Desk) -> None:
        """Of a crowd in which one is right, few are looked at, whoever comes first."""
        made = await desk.at_onec()
        told = {"message_no": number(), "status": "in_work"}
        wrong = f"Basic {b64encode(b'onec:guess').decode()}"

        crowd = [tell(desk, "status", made.id, told, authorization=wrong) for _ in range(30)]
        found = [status for status, _ in await asyncio.gather(*crowd)]

        assert (5, 25) == (found.count(401), found.count(429))

    async def test_does_not_wait_for_people_nor_they_for_it(self, desk: Desk) -> None:
        """Its office's people mistype passwords of the console, and it may have an old one itself."""
        made = await desk.at_onec()
        told = {"message_no": number(), "status": "in_work"}
        wrong = f"Basic {b64encode(b'onec:guess').decode()}"
        await tell(desk, "status", made.id, told, authorization=wrong)
        keys = await desk.world.fetch("SELECT key FROM login_attempts WHERE key LIKE 'address:%'")
        await desk.world.fetch("DELETE FROM login_attempts")
        for address in ("127.0.0.1", "::/64"):
            await desk.world.fetch(
                "INSERT INTO login_attempts (key, failures, last_at, blocked_until) "
                "VALUES ($1, 21, now(), now() + interval '1 minute')",
                f"address:{address}",
            )

        status, _ = await tell(desk, "status", made.id, told)

        assert (200, []) == (status, list(keys))

    async def test_that_comes_often_is_no_guesser(self, desk: Desk) -> None:
        """Nothing is counted of whoever knows the password, however many come at once."""
        made = await desk.at_onec()
        told = {"message_no": number(), "status": "in_work"}

        found = await asyncio.gather(*(tell(desk, "status", made.id, told) for _ in range(12)))

        assert {200} == {status for status, _ in found}
        assert [] == await desk.world.fetch("SELECT FROM login_attempts")

    @pytest.mark.parametrize("case", ["no signature", "no digest", "another's", "a moment ago"])
    async def test_has_nothing_read_that_it_has_not_signed(self, desk: Desk, case: str) -> None:
        """What headers tell is enough to refuse seventy megabytes before they come."""
        path = "/api/onec/v1/applications/7/documents"
        digest = hashlib.sha256(b"").hexdigest()
        headers = {
            "no signature": {DIGEST: digest},
            "no digest": await signed(desk, path, digest),
            "another's": await signed(desk, path, digest, secret="guess") | {DIGEST: digest},
            "a moment ago": await signed(desk, path, digest, 3600) | {DIGEST: digest},
        }[case]
        desk.world.runtime.configure(SIGNING)

        assert 401 == await knock(desk, path, headers, HUGE)

    async def test_signs_the_digest_of_what_is_large(self, desk: Desk) -> None:
        """And sends just that."""
        made = await desk.at_onec()
        path = f"/api/onec/v1/applications/{made.id}/documents"
        content = PDF + b"%" * READ_UNKNOWN
        body = json.dumps(document(content)).encode()
        digest = hashlib.sha256(body).hexdigest()
        headers = await signed(desk, path, digest) | {DIGEST: digest}
        desk.world.runtime.configure(SIGNING)

        other, _ = await tell(desk, "documents", made.id, body[:-1] + b" }", **headers)
        status, _ = await tell(desk, "documents", made.id, body, **headers)

        assert (401, 201) == (other, status)
