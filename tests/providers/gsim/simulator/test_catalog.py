"""Brands and models in pages, with ETags; and lists that change while they are read."""

from typing import Any

import pytest

from tests.providers.gsim.simulator.subscriber import Subscriber

pytestmark = pytest.mark.asyncio(loop_scope="module")

APPLE = "brands/b-apple/models"
MOTOROLA = "brands/b-motorola/models"


async def all_ids(gsim: Subscriber, path: str, size: int = 20) -> list[str]:
    """The ids on every page of a list, read one after the other."""
    ids: list[str] = []
    page, pages = 1, 1
    while page <= pages:
        body = (await gsim.ask("GET", f"{path}?page={page}&size={size}")).body
        ids += [item["id"] for item in body["items"]]
        page, pages = page + 1, body["pages"]
    return ids


async def models(gsim: Subscriber, path: str) -> list[dict[str, Any]]:
    """A whole list of models."""
    items: list[dict[str, Any]] = (await gsim.ask("GET", f"{path}?size=200")).body["items"]
    return items


class TestBrands:
    async def test_come_in_one_page(self, gsim: Subscriber) -> None:
        """A dozen brands, the maker Vivo among them, each with an id, a name and a time."""
        body = (await gsim.ask("GET", "brands")).body

        assert (1, 1, 12) == (body["page"], body["pages"], body["total"])
        assert {"items", "page", "pages", "total", "updatedAt"} == set(body)
        vivo = {"id": "b-vivo", "name": "Vivo", "updatedAt": "2025-03-01T12:00:00.000Z"}
        assert vivo in body["items"]

    async def test_come_in_small_pages(self, gsim: Subscriber) -> None:
        """Every brand is on exactly one page."""
        ids = await all_ids(gsim, "brands", size=5)

        assert (12, 12) == (len(ids), len(set(ids)))

    async def test_refuse_pages_that_are_none(self, gsim: Subscriber) -> None:
        """Pages count from 1 and are not endless."""
        for query in ("page=0", "size=0", "size=201", "page=one", "page=-1"):
            reply = await gsim.ask("GET", f"brands?{query}")
            assert (400, "BAD_REQUEST") == reply.error, query

    async def test_are_told_to_our_token_only(self, gsim: Subscriber) -> None:
        """Without the right token nothing is told."""
        gsim.token = "another"

        assert (401, "UNAUTHORIZED") == (await gsim.ask("GET", "brands")).error


class TestModels:
    async def test_are_many(self, gsim: Subscriber) -> None:
        """About sixty for a brand, each on exactly one page, none of them without a TAC."""
        ids = await all_ids(gsim, APPLE)
        listed = await models(gsim, APPLE)

        assert 50 < len(ids) < 70
        assert len(ids) == len(set(ids)) == len(listed)
        assert {8} == {len(tac) for model in listed for tac in model["tacs"]}
        assert {"id", "name", "code", "region", "esim", "tacs"} == set(listed[0])

    async def test_have_ids_and_tacs_of_their_own(self, gsim: Subscriber) -> None:
        """No two models of all brands share an id or a TAC."""
        brands = (await gsim.ask("GET", "brands")).body["items"]
        listed = [
            model
            for brand in brands
            for model in await models(gsim, f"brands/{brand['id']}/models")
        ]
        tacs = [tac for model in listed for tac in model["tacs"]]

        assert 600 < len(listed)
        assert len(listed) == len({model["id"] for model in listed})
        assert len(tacs) == len(set(tacs))

    async def test_differ_by_region(self, gsim: Subscriber) -> None:
        """One commercial name comes with eSIM here and without it there."""
        found = (await gsim.ask("GET", f"{APPLE}?q=iphone%20xs&size=2")).body["items"]

        assert [
            ("iPhone XS", "IPXS-BR", "BR", "YES"),
            ("iPhone XS", "IPXS-CN", "CN", "NO"),
        ] == [(one["name"], one["code"], one["region"], one["esim"]) for one in found]

    async def test_are_found_by_name_or_code(self, gsim: Subscriber) -> None:
        """A search narrows the list, in whatever case; some models nobody has classified."""
        searches = (f"{APPLE}?q=IPX-BR", f"{APPLE}?q=ipxr-br", f"{MOTOROLA}?q=retr%C3%B4")

        found = [(await gsim.ask("GET", search)).body["items"] for search in searches]

        assert [["NO"], ["YES"], ["UNKNOWN"]] == [
            [model["esim"] for model in models] for models in found
        ]

    async def test_may_be_missing(self, gsim: Subscriber) -> None:
        """A brand without models has an empty list; an unknown one has none."""
        body = (await gsim.ask("GET", "brands/b-quartzo/models")).body
        unknown = await gsim.ask("GET", "brands/b-nobody/models")

        assert ([], 0, 0) == (body["items"], body["pages"], body["total"])
        assert (404, "BRAND_NOT_FOUND") == unknown.error


class TestETags:
    @pytest.mark.parametrize("path", ["brands", APPLE])
    async def test_save_what_has_not_changed(self, gsim: Subscriber, path: str) -> None:
        """The same page is not told twice; another page has another tag."""
        first = await gsim.ask("GET", f"{path}?size=5")
        other = await gsim.ask("GET", f"{path}?size=5&page=2")

        again = await gsim.ask(
            "GET", f"{path}?size=5", if_none_match=f'"x", {first.headers["etag"]}'
        )

        assert (304, b"") == (again.status, again.raw)
        assert again.headers["etag"] == first.headers["etag"] != other.headers["etag"]

    async def test_change_with_the_list(self, gsim: Subscriber) -> None:
        """A new model changes its brand's list and the list of brands, not other brands'."""
        paths = ("brands", APPLE, MOTOROLA)
        tags = [(await gsim.ask("GET", path)).headers["etag"] for path in paths]

        said = await gsim.act("bump_list", brand_id="b-apple")
        replies = [
            await gsim.ask("GET", path, if_none_match=tag)
            for path, tag in zip(paths, tags, strict=True)
        ]

        assert [200, 200, 304] == [reply.status for reply in replies]
        assert "2025-03.2" == said["list_version"]
        assert said["model"] in await models(gsim, APPLE)


class TestListChanges:
    @pytest.mark.parametrize(
        ("operation", "path", "size"), [("list_models", APPLE, 20), ("list_brands", "brands", 5)]
    )
    async def test_hide_an_item_from_who_is_paging(
        self, gsim: Subscriber, operation: str, path: str, size: int
    ) -> None:
        """One item comes twice and one never; the time of the list tells; reading anew heals."""
        before = (await gsim.ask("GET", f"{path}?size={size}")).body
        known = await all_ids(gsim, path, size)
        await gsim.fail(operation, "list_changes")

        read = await all_ids(gsim, path, size)
        after = (await gsim.ask("GET", f"{path}?size={size}")).body

        assert ({known[size]}, len(known)) == (set(known) - set(read), len(read))
        assert known[size - 1] == read[size - 1] == read[size]
        assert before["updatedAt"] < after["updatedAt"]
        assert set(known) == set(await all_ids(gsim, path, size))

    async def test_can_be_denied(self, gsim: Subscriber) -> None:
        """``etag_lies``: 304, once, although the list has changed."""
        tag = (await gsim.ask("GET", APPLE)).headers["etag"]
        await gsim.act("bump_list", brand_id="b-apple")
        await gsim.fail("list_models", "etag_lies")

        lie = await gsim.ask("GET", APPLE, if_none_match=tag)
        truth = await gsim.ask("GET", APPLE, if_none_match=tag)

        assert (304, 200) == (lie.status, truth.status)

    async def test_are_told_to_who_brings_no_tag(self, gsim: Subscriber) -> None:
        """A lie about a tag needs a tag."""
        await gsim.fail("list_models", "etag_lies")

        assert 200 == (await gsim.ask("GET", APPLE)).status
