"""What is refused by its looks, before any provider is asked."""

from typing import Any
from uuid import uuid4

import pytest

from tests.numbering.over_http import NUMBERS, PREVIEWS, RANDOM, RESERVATIONS
from tests.web.conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINES = ("assign", "activate", "suspend", "resume", "terminate")


def order(ddd: object = "11", **more: object) -> dict[str, object]:
    """A body that asks for numbers."""
    return {"ddd": ddd, "brand_id": "vivo", **more}


class TestAnOrder:
    @pytest.mark.parametrize("path", [PREVIEWS, RANDOM])
    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            *[
                (order(ddd), 400, "DDD_MALFORMED")
                for ddd in ("", "1", "10", "01", "011", "5511", "1" * 50, "1a", "\u0661\u0661")
            ],
            (order("23"), 422, "invalid_request"),
            (order(11), 422, "invalid_request"),
            (order(None), 422, "invalid_request"),
            ({"ddd": "11"}, 422, "invalid_request"),
            ({"brand_id": "vivo"}, 422, "invalid_request"),
            (order(brand_id=""), 422, "invalid_request"),
            (order(brand_id="x" * 65), 422, "invalid_request"),
            (order(quantity=3), 422, "invalid_request"),
            (order(previous_id="the last one"), 422, "invalid_request"),
        ],
    )
    async def test_is_read_strictly(
        self, desk: Site, path: str, body: Any, status: int, code: str
    ) -> None:
        """400 for what is no area code by its looks, 422 for one that there is not (G17)."""
        answer = await desk.ask("POST", path, json=body)

        assert (status, code) == (answer.status, answer.body["code"])
        assert "no-store" == answer.headers["Cache-Control"]

    async def test_has_no_previous_preview_at_random(self, desk: Site) -> None:
        """There is none to be replaced."""
        answer = await desk.ask("POST", RANDOM, json=order(previous_id=str(uuid4())))

        assert (422, "unknown_field") == (answer.status, answer.body["errors"][0]["code"])

    async def test_replaces_a_preview_that_there_is(self, desk: Site) -> None:
        """404, and no provider is asked (G1): here there is none."""
        answer = await desk.ask("POST", PREVIEWS, json=order(previous_id=str(uuid4())))

        assert (404, "PREVIEW_NOT_FOUND") == (answer.status, answer.body["code"])


class TestAPreviewsNumber:
    @pytest.mark.parametrize("index", ["0", "2", "3", "-1", "12345678901234567890", "one"])
    async def test_that_is_not_there_is_not_found(self, desk: Site, index: str) -> None:
        """404: no such preview, or no such index."""
        path = f"{PREVIEWS}/{uuid4()}/numbers/{index}/reserve"

        assert 404 == (await desk.ask("POST", path)).status

    @pytest.mark.parametrize("preview", ["1", "nothing", "%2e%2e"])
    async def test_is_of_a_preview_with_an_id(self, desk: Site, preview: str) -> None:
        """What is no UUID is no preview's."""
        assert 404 == (await desk.ask("GET", f"{PREVIEWS}/{preview}")).status
        assert 404 == (await desk.ask("POST", f"{PREVIEWS}/{preview}/numbers/0/reserve")).status


class TestANumber:
    @pytest.mark.parametrize(
        ("msisdn", "status"),
        [
            ("551187654321", 400),  # ten digits, before mobile numbers got their ninth
            ("1187654321", 400),
            ("11987654321", 400),  # without the country
            ("5555987654321", 404),  # of area code 55
            ("55987654321", 400),  # of area code 55, without the country
            ("5511887654321", 400),  # eleven digits, and not a mobile number's
            ("551133334444", 400),  # a fixed line
            ("+5511987654321", 400),
            ("55119876543210", 400),
            ("5510987654321", 400),  # a zero in the area code
            ("5511987654321%20", 400),
            ("55119876V4321", 400),
            ("%EF%BC%95511987654321", 400),
        ],
    )
    async def test_is_thirteen_digits(self, desk: Site, msisdn: str, status: int) -> None:
        """400 on every path for what is none; it is never told back."""
        answers = [
            await desk.ask("GET", f"{NUMBERS}/{msisdn}"),
            await desk.ask("DELETE", f"{RESERVATIONS}/{msisdn}"),
            *[
                await desk.ask(
                    "POST",
                    f"{NUMBERS}/{msisdn}/{act}",
                    json={"sim_id": "S1"} if act == "assign" else None,
                )
                for act in LINES
            ],
        ]

        assert [status] * 7 == [one.status for one in answers]
        assert {"no-store"} == {one.headers["Cache-Control"] for one in answers}
        assert not any("987654321" in str(one.body) for one in answers)

    @pytest.mark.parametrize(
        "query", ["status=BUSY", "ddd=1", "ddd=10", "limit=0", "limit=201", "cursor=x"]
    )
    async def test_is_listed_by_what_there_is(self, desk: Site, query: str) -> None:
        """400 for a filter that means nothing."""
        assert 400 == (await desk.ask("GET", f"{NUMBERS}?{query}")).status

    @pytest.mark.parametrize("sim", ["", "a b", "x" * 65, "../x", 1, None])
    async def test_is_assigned_to_a_sim_with_an_id(self, desk: Site, sim: object) -> None:
        """422 with the field."""
        path = f"{NUMBERS}/5511987654321/assign"

        answer = await desk.ask("POST", path, json={"sim_id": sim})

        assert (422, "sim_id") == (answer.status, answer.body["errors"][0]["path"])
