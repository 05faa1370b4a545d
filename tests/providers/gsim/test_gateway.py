"""Our questions to GSIM over real HTTP, each with all the answers it can get."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.kit.vendors import answer, says, serving
from tests.providers.gsim.operator import GSIMControl, opened, running_gsim
from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, Outcome, Refused, Unknown
from tramita.numbering.devices.ports import (
    ESIM,
    AskedBy,
    AskedDevice,
    ListPage,
    NotChanged,
    OperatorVerdict,
    Verdict,
)
from tramita.providers.gsim.gateway import GSIMGateway

EID = "89049032123451234512345678901235"


@dataclass
class Operator:
    """A gateway, and the simulator's control plane beside it."""

    gateway: GSIMGateway
    gsim: GSIMControl


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """A fresh GSIM, asked for five things at once."""
    async with running_gsim(tmp_path) as gsim, opened(gsim.url, page_size=5) as gateway:
        yield Operator(gateway, gsim)


def attempt() -> Attempt:
    """A question of its own."""
    return Attempt(uuid4(), str(uuid4()))


async def page_of(outcome: Awaitable[Outcome[ListPage[Any] | NotChanged]]) -> ListPage[Any]:
    """The page that was answered."""
    found = await outcome
    assert isinstance(found, Done), found
    assert isinstance(found.value, ListPage)
    return found.value


class TestLists:
    async def test_come_in_pages(self, operator: Operator) -> None:
        """Until the last one, and all of the same version."""
        first = await page_of(operator.gateway.list_brands(1, attempt()))

        last = await page_of(operator.gateway.list_brands(first.pages, attempt()))

        assert (1, 5) == (first.page, len(first.items))
        assert (first.pages, first.total % 5 or 5) == (last.page, len(last.items))
        assert (first.total, first.version) == (last.total, last.version)

    async def test_tell_a_model_in_our_words(self, operator: Operator) -> None:
        """Its code tells regions apart; its TACs lead to it."""
        page = await page_of(operator.gateway.list_models("b-apple", 1, attempt()))

        model = next(one for one in page.items if one.code == "IPX-BR")
        assert ("iPhone X", "BR", ESIM.NO, ("35209900",)) == (
            model.name,
            model.region,
            model.esim,
            model.tacs,
        )

    async def test_are_told_once(self, operator: Operator) -> None:
        """With the tag it had, a page that is what it was is not sent again."""
        first = await page_of(operator.gateway.list_brands(1, attempt()))

        again = await operator.gateway.list_brands(1, attempt(), known=first.etag)
        await operator.gsim.operate("bump_list")
        changed = await operator.gateway.list_brands(1, attempt(), known=first.etag)

        assert isinstance(again, Done)
        assert isinstance(again.value, NotChanged)
        assert isinstance(changed, Done)
        assert isinstance(changed.value, ListPage)

    async def test_of_no_brand_are_refused(self, operator: Operator) -> None:
        """Whatever characters its id has."""
        outcome = await operator.gateway.list_models("b/ ?#", 1, attempt())

        assert isinstance(outcome, Refused | Unknown)
        assert Refused("brand_not_found", "BRAND_NOT_FOUND: There is no such brand.") == (
            await operator.gateway.list_models("b-none", 1, attempt())
        )


class TestCheckingESIM:
    @pytest.mark.parametrize(
        ("by", "value", "verdict"),
        [
            (AskedBy.TAC, "35387923", Verdict.COMPATIBLE),
            (AskedBy.TAC, "35209900", Verdict.NOT_COMPATIBLE),
            (AskedBy.TAC, "35693803", Verdict.UNKNOWN),
            (AskedBy.MODEL, "m-ipxs-br", Verdict.COMPATIBLE),
            (AskedBy.MODEL, "m-ipxs-cn", Verdict.NOT_COMPATIBLE),
            (AskedBy.EID, EID, Verdict.COMPATIBLE),
        ],
    )
    async def test_tells_the_operators_verdict(
        self, operator: Operator, by: AskedBy, value: str, verdict: Verdict
    ) -> None:
        """By TAC, by model or by EID; regions of one name differ."""
        outcome = await operator.gateway.check_esim(AskedDevice(by, value), attempt())

        assert isinstance(outcome, Done)
        assert isinstance(outcome.value, OperatorVerdict)
        assert verdict is outcome.value.verdict
        assert outcome.value.list_version

    async def test_is_refused_for_what_nobody_knows(self, operator: Operator) -> None:
        """Which says nothing of eSIM."""
        outcome = await operator.gateway.check_esim(AskedDevice(AskedBy.MODEL, "m-none"), attempt())

        assert isinstance(outcome, Refused)
        assert "unknown_model" == outcome.code


Question = Callable[[GSIMGateway], Awaitable[Outcome[Any]]]
QUESTIONS: dict[str, Question] = {
    "list_brands": lambda gateway: gateway.list_brands(1, attempt()),
    "list_models": lambda gateway: gateway.list_models("b-apple", 1, attempt()),
    "check_esim": lambda gateway: gateway.check_esim(
        AskedDevice(AskedBy.MODEL, "m-ipx-br"), attempt()
    ),
}


class TestEveryQuestion:
    @pytest.mark.parametrize("operation", list(QUESTIONS))
    @pytest.mark.parametrize("kind", ["extra_field", "wrong_content_type"])
    async def test_minds_nothing_that_does_not_matter(
        self, operator: Operator, operation: str, kind: str
    ) -> None:
        """A field nobody heard of, or a careless header."""
        await operator.gsim.fail(kind, operation=operation, count=1)

        assert isinstance(await QUESTIONS[operation](operator.gateway), Done)

    async def test_says_who_we_are_and_which_question_it_is(self) -> None:
        """A bearer token, and the attempt's key as request id."""
        asking = attempt()
        async with serving(says(answer(404))) as vendor, opened(vendor.url, token="t") as gateway:
            await gateway.list_brands(3, asking, known='"tag"')

        (request,) = (one.decode().lower() for one in vendor.requests)
        assert request.startswith("get /v1/brands?page=3&size=100 ")
        assert "authorization: bearer t\r\n" in request
        assert f"x-request-id: {asking.key}\r\n" in request
        assert 'if-none-match: "tag"\r\n' in request

    @pytest.mark.parametrize("status", [201, 204, 304])
    async def test_does_not_know_other_answers(self, status: int) -> None:
        """Nobody asked whether anything changed, so 304 is none either."""
        async with serving(says(answer(status, b""))) as vendor, opened(vendor.url) as gateway:
            assert isinstance(await gateway.list_brands(1, attempt()), Unknown)
