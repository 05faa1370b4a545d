"""Identity pictures, from the partner's request to the proposal that names them."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from tests.portability import pictures
from tests.world import World, envelope, until
from tramita.portability.documents import forget_pictures
from tramita.portability.pictures import PictureKind
from tramita.portability.ports import PictureLimits, Policy, ProposalGateway
from tramita.providers.qitech.gateway import QITechGateway

KINDS = list(PictureKind)
FRONT, _, SELFIE = KINDS
TO_SIGN = ("AGUARDANDO_FORMALIZACAO", "FORMALIZACAO_CLIENTE")
NOWHERE = "00000000-0000-4000-8000-000000000000"
MIB = 1024 * 1024

# What is sent, as what, and what is answered: the status and a code.
REFUSED: dict[str, tuple[bytes, str, int, str]] = {
    "a PNG": (pictures.png(), "image/png", 415, "jpeg_expected"),
    "a PNG in disguise": (pictures.png(), "image/jpeg", 422, "not_a_jpeg"),
    "a page in disguise": (b"<html>not found</html>", "image/jpeg", 422, "not_a_jpeg"),
    "249 pixels": (pictures.jpeg(249, 249), "image/jpeg", 422, "too_few_pixels"),
    "over 2 MB": (pictures.padded(2 * MIB + 1), "image/jpeg", 422, "too_large"),
    "cut in the middle": (pictures.noise()[:-9_000], "image/jpeg", 422, "not_decodable"),
    "a bomb": (pictures.bomb(), "image/jpeg", 422, "too_many_pixels"),
    "nothing": (b"", "image/jpeg", 422, "not_a_jpeg"),
    "a file without end": (bytes(3 * MIB), "image/jpeg", 413, "body_too_large"),
    "a picture as JSON": (b'{"picture": ""}', "application/json", 415, "jpeg_expected"),
}


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: dict[str, Any]

    @property
    def codes(self) -> list[str]:
        """The codes of its field errors, or its own."""
        return [one["code"] for one in self.body.get("errors", [self.body])]


class TestAPicture:
    async def test_is_uploaded_at_once(self, world: World) -> None:
        """It is kept, handed over, and never shown again; only what is known of it."""
        token, content = await world.make_envelope(envelope(portabilities=1)), pictures.noise()

        kept = await put(world, token, SELFIE, content)
        await until_uploaded(world, token)

        assert 200 == kept.status
        [shown] = await pictures_of(world, token)
        assert ("selfie", 400, 300, len(content), "uploaded", None) == tuple(
            shown[name] for name in ("kind", "width", "height", "size", "state", "refusal")
        )
        [uploaded] = await world.qitech.ledger("document_uploaded")
        [row] = await world.fetch("SELECT provider_key FROM envelope_documents")
        assert uploaded["subject"] == row["provider_key"]

    async def test_is_held_against_its_lender_s_limits(self, world: World) -> None:
        """What one lender takes, another does not."""
        policy = Policy(pictures=PictureLimits(least_pixels=500))
        usual = world.runtime.gateway(ProposalGateway, "qitech")
        assert isinstance(usual, QITechGateway)
        world.runtime._gateways[ProposalGateway, "qitech"] = replace(usual, policy=policy)
        token = await world.make_envelope(envelope(portabilities=1))

        answer = await put(world, token, SELFIE, pictures.noise())

        assert (422, ["too_few_pixels"]) == (answer.status, answer.codes)

    @pytest.mark.parametrize("case", REFUSED)
    async def test_is_refused_before_anything_is_kept(self, world: World, case: str) -> None:
        """What the provider would end a contract over never gets that far."""
        content, content_type, status, code = REFUSED[case]
        token = await world.make_envelope(envelope(portabilities=1))

        answer = await put(world, token, FRONT, content, content_type=content_type)

        assert (status, [code]) == (answer.status, answer.codes)
        assert [] == await world.fetch("SELECT FROM envelope_documents")
        assert [] == await world.fetch("SELECT FROM operations")

    async def test_takes_the_place_of_the_one_before(self, world: World) -> None:
        """The last one of a kind counts; what the first showed is gone."""
        token = await world.make_envelope(envelope(portabilities=1))
        await put(world, token, FRONT, pictures.jpeg(seed=1))
        await until_uploaded(world, token)

        second = await put(world, token, FRONT, pictures.jpeg(seed=2))
        await until_uploaded(world, token)

        [shown] = await pictures_of(world, token)
        assert second.body["sha256"] == shown["sha256"]
        [former] = await world.fetch(
            "SELECT length(content) AS bytes FROM envelope_documents WHERE replaced_at IS NOT NULL"
        )
        assert 0 == former["bytes"]

    async def test_is_the_same_when_it_comes_again(self, world: World) -> None:
        """Ten times at once, as a partner's impatient client sends it: one picture, one upload."""
        token = await world.make_envelope(envelope(portabilities=1))

        answers = await asyncio.gather(
            *(put(world, token, FRONT, pictures.jpeg()) for _ in range(10))
        )
        await until_uploaded(world, token)

        assert {200} == {one.status for one in answers}
        assert 1 == len(await world.qitech.ledger("document_uploaded"))

    async def test_is_uploaded_in_the_end(self, world: World) -> None:
        """The provider fails twice, once before and once after it kept the file."""
        await world.qitech.fail("http_503", operation="upload_document", count=1)
        await world.qitech.fail("lost_after", operation="upload_document", count=1)
        token = await world.make_envelope(envelope(portabilities=1))

        await put(world, token, FRONT, pictures.jpeg())
        await world.until_at_rest()

        [shown] = await pictures_of(world, token)
        uploaded = {one["subject"] for one in await world.qitech.ledger("document_uploaded")}
        [row] = await world.fetch("SELECT provider_key FROM envelope_documents")
        assert "uploaded" == shown["state"]
        assert row["provider_key"] in uploaded

    async def test_stays_out_of_journals(self, world: World) -> None:
        """What was exchanged is kept without what the picture shows."""
        token = await world.make_envelope(envelope(portabilities=1))
        content = pictures.noise()

        await put(world, token, SELFIE, content)
        await until_uploaded(world, token)

        [row] = await world.fetch("SELECT request, answer FROM exchanges WHERE path = '/upload'")
        assert f"{len(content)} bytes" in row["request"]
        assert len(row["request"]) < 2_000

    @pytest.mark.parametrize(
        ("token", "kind", "status"),
        [(NOWHERE, "selfie", 404), ("0", "selfie", 404), (NOWHERE, "passport", 400)],
    )
    async def test_needs_its_place(self, world: World, token: str, kind: str, status: int) -> None:
        """An envelope that is there, and one of three kinds."""
        assert status == (await put(world, token, kind, pictures.jpeg())).status

    async def test_is_too_late_after_the_link(self, world: World) -> None:
        """Proposals name their pictures when they are created."""
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)

        answer = await put(world, token, FRONT, pictures.jpeg())

        assert (409, "link_requested_before") == (answer.status, answer.body["code"])

    async def test_is_too_late_after_the_end(self, world: World) -> None:
        """A cancelled envelope takes none, an expired one is gone."""
        cancelled, expired = [
            await world.make_envelope(envelope(portabilities=1)) for _ in range(2)
        ]
        async with world.api.post(f"/api/v1/envelopes/{cancelled}/cancel") as answer:
            assert 200 == answer.status
        await world.advance(timedelta(days=31))

        answers = [await put(world, one, FRONT, pictures.jpeg()) for one in (cancelled, expired)]

        assert [409, 410] == [one.status for one in answers]

    async def test_goes_to_nobody_who_needs_none(self, world: World) -> None:
        """An envelope without portability: nobody's face is sent anywhere."""
        body = envelope()
        body["contracts"] = [one for one in body["contracts"] if not one.get("origin")]
        token = await world.make_envelope(body)

        answer = await put(world, token, SELFIE, pictures.jpeg())

        assert (409, "pictures_not_needed") == (answer.status, answer.body["code"])

    async def test_is_forgotten_when_its_envelope_ends(self, world: World) -> None:
        """What it shows is kept for no longer than it is needed; the facts stay."""
        ended, going = [await world.make_envelope(envelope(portabilities=1)) for _ in range(2)]
        for token in (ended, going):
            await put(world, token, SELFIE, pictures.jpeg())
            await until_uploaded(world, token)
        async with world.api.post(f"/api/v1/envelopes/{ended}/cancel") as answer:
            assert 200 == answer.status

        await forget_pictures(world.runtime)

        rows = await world.fetch(
            "SELECT e.token, d.content <> '' AS is_there FROM envelope_documents AS d "
            "JOIN envelopes AS e ON e.id = d.envelope_id"
        )
        assert {UUID(ended): False, UUID(going): True} == {
            row["token"]: row["is_there"] for row in rows
        }
        assert 1 == len(await pictures_of(world, ended))


class TestAProposal:
    async def test_names_its_pictures(self, world: World) -> None:
        """Every contract of the envelope, by the keys of the provider."""
        token = await world.make_envelope(envelope(portabilities=3))
        for seed, kind in enumerate(KINDS):
            await put(world, token, kind, pictures.jpeg(seed=seed))

        await world.send_link(token)
        await world.until_done(token)

        assert {TO_SIGN} == await statuses(world, token)
        assert [await keys(world)] * 3 == await named(world)

    async def test_waits_for_its_pictures(self, world: World) -> None:
        """The link is requested while the provider takes no uploads: nothing goes ahead."""
        await world.qitech.fail("http_503", operation="upload_document", count=None)
        token = await world.make_envelope(envelope(portabilities=2))
        await put(world, token, SELFIE, pictures.jpeg())
        await world.send_link(token)

        async def are_waiting() -> bool:
            waiting = await world.operations("not_sent")
            reasons = [one["reason"] for one in waiting]
            return reasons.count("The picture selfie is not uploaded yet.") == 2

        await until(are_waiting)
        assert {} == await world.qitech.created()
        await world.qitech.mend()
        await world.until_at_rest()

        assert {TO_SIGN} == await statuses(world, token)
        assert [await keys(world)] * 2 == await named(world)

    async def test_is_not_sent_with_a_picture_the_provider_refuses(self, world: World) -> None:
        """Known before the link: 409 names it, and another picture mends it."""
        await world.qitech.fail("http_400", operation="upload_document", count=1)
        token = await world.make_envelope(envelope(portabilities=1))
        await put(world, token, SELFIE, pictures.jpeg())
        await world.until_at_rest()

        refused = await request_link(world, token)

        assert (409, "pictures_refused") == (refused.status, refused.body["code"])
        assert "selfie" in refused.body["detail"]
        [shown] = await pictures_of(world, token)
        assert "refused" == shown["state"]
        assert shown["refusal"]
        # The very same picture may be tried again: the provider may have been wrong.
        await put(world, token, SELFIE, pictures.jpeg())
        await until_uploaded(world, token)
        assert 200 == (await request_link(world, token)).status
        await world.until_done(token)
        assert {TO_SIGN} == await statuses(world, token)

    async def test_is_refused_when_its_picture_is_after_the_link(self, world: World) -> None:
        """It is never sent: the provider would end it for good."""
        await world.qitech.fail("http_503", operation="upload_document", count=1)
        await world.qitech.fail("http_400", operation="upload_document", count=1)
        token = await world.make_envelope(envelope(portabilities=1))
        await put(world, token, SELFIE, pictures.jpeg())
        assert 200 == (await request_link(world, token)).status
        await world.until_at_rest()

        [contract] = await world.partner_view(token)
        assert "REPROVADO" == contract["portability"]["status"]
        assert ["withdraw"] == await world.ends()
        [reason] = contract["portability"]["reasons"]
        assert "picture_not_acceptable" == reason["code"]
        assert "selfie" in reason["sentence"]
        assert {} == await world.qitech.created()


async def put(
    world: World, token: str, kind: str, content: bytes, *, content_type: str = "image/jpeg"
) -> Answer:
    """Give an envelope a picture."""
    path = f"/api/v1/envelopes/{token}/documents/{kind}"
    headers = {"Content-Type": content_type}
    async with world.api.put(path, data=BytesIO(content), headers=headers) as answer:
        return Answer(answer.status, await answer.json(content_type=None))


async def request_link(world: World, token: str) -> Answer:
    """Request the link, whatever is answered."""
    path = "/api/contratos/formalizacao/enviar-link/"
    async with world.api.post(path, json={"token": token}) as answer:
        return Answer(answer.status, await answer.json(content_type=None))


async def pictures_of(world: World, token: str) -> list[dict[str, Any]]:
    """The pictures of an envelope as its partner sees them."""
    async with world.api.get(f"/api/v1/envelopes/{token}/documents") as answer:
        assert 200 == answer.status, await answer.text()
        items: list[dict[str, Any]] = (await answer.json())["items"]
        return items


async def until_uploaded(world: World, token: str) -> None:
    """Wait until the provider has every picture of an envelope."""

    async def is_so() -> bool:
        return {"uploaded"} == {one["state"] for one in await pictures_of(world, token)}

    await until(is_so)


async def keys(world: World) -> dict[str, str]:
    """The provider's keys by kind, as kept here."""
    rows = await world.fetch("SELECT kind, provider_key FROM envelope_documents")
    return {row["kind"]: row["provider_key"] for row in rows}


async def named(world: World) -> list[dict[str, str]]:
    """What the provider was told of pictures, by proposal."""
    return [
        {kind: key for kind, key in json.loads(one["request"])["borrower"].items() if kind in KINDS}
        for one in (await world.qitech._get("journal?limit=10000"))["items"]
        if one["operation"] == "create_proposal"
    ]


async def statuses(world: World, token: str) -> set[tuple[str, str]]:
    """The pairs of statuses in an envelope."""
    return {
        (one["status"], one["portability"]["status"]) for one in await world.partner_view(token)
    }
