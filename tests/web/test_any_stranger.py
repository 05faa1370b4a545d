"""Whatever somebody sends who has shown nothing: an answer, and no fault of ours.

Bodies, headers and their encodings are what breaks readers; routes are the application's own.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Final

import pytest
import pytest_asyncio
from litestar.handlers import HTTPRouteHandler

from tests.conftest import fresh_database, hashing_quickly
from tests.web.conftest import Site, running_site
from tests.web.strange import fill
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.web.app import routes

pytestmark = pytest.mark.asyncio(loop_scope="module")

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_PARTS: Final = "multipart/form-data; boundary=x"
_PART: Final = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n--x--\r\n'
BODIES: Final = {
    "nothing": ("", b""),
    "no type": ("", b"{}"),
    "an object": (_JSON, b"{}"),
    "a list": (_JSON, b"[]"),
    "deep": (_JSON, b"[" * 5000),
    "a NUL": (_JSON, b'{"token": "\\u0000", "event": "\\u0000"}'),
    "half a letter": (_JSON, b'{"a": "\\ud800", "b": "\xff"}'),
    "a number without end": (_JSON, b'{"a": ' + b"9" * 5000 + b"}"),
    "an encoding that is none": (f"{_JSON}; charset=nope", b"{}"),
    "a form": (_FORM, b"email=a&password=b&token=a.b.c&learner=ana&code=1&next=//a&kr-answer={}"),
    "a form of NULs": (_FORM, b"email=%00&token=%00&%00=%00"),
    "a form of bytes": (_FORM, b"email=%FF\xff&token=%ED%A0%80&\xff"),
    "parts": (_PARTS, _PART % (b"token", b"", b"a")),
    "parts of bytes": (_PARTS, _PART % (b"\xff", b"", b"\xff")),
    "parts in no encoding": (_PARTS, _PART % (b"a", b"\r\nContent-Type: a; charset=nope", b"a")),
    "a file": (_PARTS, _PART % (b"file", b'; filename="\xff\x01"', b"a")),
    "half a part": (_PARTS, b"--x\r\nContent-Disposition"),
    "no parts": ("multipart/form-data; boundary=", b"--x"),
    "no bounds": ("multipart/form-data", b"--x"),
}
HEADERS: Final = {
    "a token of bytes": {"Authorization": "Bearer \u00ff\u00fe"},
    "half a password": {"Authorization": "Basic !"},
    "a password of bytes": {"Authorization": "Basic /////w=="},
    "a token of three parts": {"Authorization": "Bearer ..", "X-Request-ID": "\u00ff"},
    "an opening": {"Authorization": "tma hash=%FF&user=%7B&auth_date=9e9&signature=%ED%A0%80"},
    "an opening of numbers": {"Authorization": "tma auth_date=" + "9" * 50 + "&user={}&hash=0"},
    "cookies of bytes": {"Cookie": "tramita_session=\u00ff; tramita_zone=../../etc; =; ;a"},
    "a zone": {"Cookie": "tramita_zone=Europe; tramita_language=\u00ff; tramita_device=.."},
    "an origin": {"Origin": "http://[", "Referer": "http://[::"},
    "languages": {"Accept-Language": "x" * 3000, "Accept": "\u00ff/\u00fe;q=z"},
    "a key": {"Idempotency-Key": "\u00ff", "If-Match": "\u00ff", "Range": "bytes=9-1"},
    "a signature": {
        "X-Tramita-Timestamp": "9" * 12,
        "X-Tramita-Signature": "0" * 64,
        "X-Tramita-Content-SHA256": "\u00ff",
        "X-Telegram-Bot-API-Secret-Token": "\u00ff",
    },
    "proxies": {
        "X-Forwarded-For": "\u00ff,,",
        "X-Forwarded-Proto": "\u00ff",
        "Forwarded": "for=\u00ff",
    },
}


def _doors() -> Iterator[tuple[str, str]]:
    for route in routes():
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler):
                yield from ((str(one), route.path) for one in handler.http_methods - {"OPTIONS"})


DOORS: Final = sorted({*_doors()})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """The web with nobody in it."""
    folder = tmp_path_factory.mktemp("strangers")
    with hashing_quickly():
        async with fresh_database(server) as url, running_site(url, folder) as site:
            yield site


class TestAStranger:
    @pytest.mark.parametrize("name", BODIES)
    async def test_may_send_anything(self, site: Site, name: str) -> None:
        """By every door."""
        kind, body = BODIES[name]
        for method, path in DOORS:
            if method != "GET":
                await _ask(site, method, path, body, {"Content-Type": kind} if kind else {})

    @pytest.mark.parametrize("name", HEADERS)
    async def test_may_say_anything(self, site: Site, name: str) -> None:
        """Of who it is, and from where."""
        for method, path in DOORS:
            await _ask(site, method, path, b"", HEADERS[name])


async def _ask(site: Site, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
    said = await site.ask(
        method,
        fill(path, {}),
        authenticated=False,
        data=body,
        headers=headers,
        allow_redirects=False,
    )
    # What is not configured here is not there, and says so.
    assert said.status < 500 or said.status == 503, (method, path, said)
