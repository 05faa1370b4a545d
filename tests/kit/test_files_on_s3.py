"""Files in an S3: what is kept, what is lost, and what is away."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from tramita.kit.database.engine import Database
from tramita.kit.files import FileNotKept, Files, FilesAway

BUCKET = "documents"
_NAMED = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


def ask(server: ThreadedMotoServer, method: str, path: str) -> bytes:
    """One request to the server, past the code under test."""
    host, port = server.get_host_and_port()
    connection = HTTPConnection(host, port)
    # The server believes everybody who has a name.
    connection.request(method, path, headers={"Authorization": _NAMED})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status < HTTPStatus.BAD_REQUEST, content
    return content


@pytest.fixture(scope="module")
def moto() -> Iterator[ThreadedMotoServer]:
    """An S3 on loopback."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def s3(moto: ThreadedMotoServer, monkeypatch: pytest.MonkeyPatch) -> ThreadedMotoServer:
    """The same with one bucket, and nothing in it, and the variables by which it is found."""
    host, port = moto.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    ask(moto, "POST", "/moto-api/reset")
    ask(moto, "PUT", f"/{BUCKET}")
    return moto


@pytest.fixture
def kept(s3: ThreadedMotoServer, tmp_path: Path, database: Database) -> Files:
    """Files in that bucket, in a folder of it."""
    assert s3.get_host_and_port()
    return Files.open(f"s3://{BUCKET}/contracts", tmp_path, database)


class TestFilesInS3:
    async def test_are_found_until_they_are_deleted(
        self, kept: Files, s3: ThreadedMotoServer
    ) -> None:
        """Under their folder; nothing can be read there; twice deleted is deleted."""
        stored = await kept.put(b"%PDF-1.7 said")

        listed = ask(s3, "GET", f"/{BUCKET}?list-type=2")
        lying = ask(s3, "GET", f"/{BUCKET}/contracts/{stored.digest[:2]}/{stored.digest}")
        found = await kept.get(stored.digest)
        await kept.delete(stored.digest)
        await kept.delete(stored.digest)

        assert b"%PDF-1.7 said" == found
        assert f"contracts/{stored.digest[:2]}/{stored.digest}".encode() in listed
        assert b"said" not in lying
        assert b"<Key>" not in ask(s3, "GET", f"/{BUCKET}?list-type=2")

    async def test_that_are_lost_are_said_to_be(self, kept: Files, s3: ThreadedMotoServer) -> None:
        """There is a row, and no file."""
        stored = await kept.put(b"something")
        ask(s3, "DELETE", f"/{BUCKET}/contracts/{stored.digest[:2]}/{stored.digest}")

        with pytest.raises(FileNotKept):
            await kept.get(stored.digest)

    @pytest.mark.parametrize("trouble", ["no server", "no bucket"])
    async def test_that_are_away_are_not_lost(
        self,
        kept: Files,
        trouble: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Nobody is told that there is none, and none is forgotten: afterwards all are there."""
        stored = await kept.put(b"something")
        if trouble == "no server":
            monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            away = Files.open(f"s3://{BUCKET}/contracts", tmp_path, kept.database)
        else:
            away = Files.open("s3://elsewhere/contracts", tmp_path, kept.database)

        for act in (away.get(stored.digest), away.put(b"more"), away.delete(stored.digest)):
            with pytest.raises(FilesAway):
                await act

        assert b"something" == await kept.get(stored.digest)
