"""Looking at pictures that nobody vouches for."""

import asyncio
from random import Random

import pytest
from PIL import Image

from tests.portability import pictures
from tramita.kit.errors import InvalidError
from tramita.portability.pictures import Facts, examine, look_at
from tramita.portability.rules import Policy

POLICY = Policy()

HTML = b"<!doctype html><title>502 Bad Gateway</title>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'

BAD = {
    "nothing": (b"", ["not_a_jpeg"]),
    "a PNG": (pictures.png(), ["not_a_jpeg"]),
    "a page": (HTML, ["not_a_jpeg"]),
    "a drawing": (SVG, ["not_a_jpeg"]),
    "a page behind a JPEG's first bytes": (b"\xff\xd8\xff" + HTML, ["not_decodable"]),
    "249 pixels wide": (pictures.jpeg(249, 250), ["too_few_pixels"]),
    "249 pixels high": (pictures.jpeg(2500, 249), ["too_few_pixels"]),
    "a byte too large": (pictures.padded(pictures.TOO_LARGE), ["too_large"]),
    "too large and no JPEG": (bytes(pictures.TOO_LARGE), ["too_large", "not_a_jpeg"]),
    "cut in the middle": (pictures.noise()[:-5_000], ["not_decodable"]),
    "cut in its header": (pictures.noise()[:100], ["not_decodable"]),
    "a bomb": (pictures.bomb(), ["too_many_pixels"]),
    "a flat bomb": (pictures.bomb(65_000, 100), ["too_few_pixels"]),
    "a thousand passes": (pictures.many_scans(), ["too_many_scans"]),
}

GOOD = {
    "as small as allowed": pictures.jpeg(250, 250),
    "as large as allowed": pictures.padded(POLICY.picture_bytes),
    "a photograph": pictures.noise(),
    "progressive": pictures.jpeg(progressive=True),
    "in grays": pictures.encode(Image.new("L", (300, 300)), "JPEG"),
    "for printing": pictures.encode(Image.new("CMYK", (300, 300)), "JPEG"),
}


class TestExamine:
    @pytest.mark.parametrize("case", BAD)
    def test_names_what_is_wrong(self, case: str) -> None:
        """Every error at once, each with a stable code."""
        content, codes = BAD[case]

        with pytest.raises(InvalidError) as raised:
            examine(content, POLICY)

        assert codes == [error.code for error in raised.value.errors]

    @pytest.mark.parametrize("case", GOOD)
    def test_takes_what_the_provider_takes(self, case: str) -> None:
        """Whatever a JPEG may be."""
        assert len(GOOD[case]) == examine(GOOD[case], POLICY).size

    def test_measures(self) -> None:
        """Pixels, bytes and the SHA-256 in hexadecimal digits."""
        content = pictures.jpeg(320, 250)

        found = examine(content, POLICY)

        assert Facts(320, 250, len(content), found.sha256) == found
        assert 64 == len(found.sha256)

    def test_ends_in_a_verdict_whatever_comes(self) -> None:
        """Broken at any place, a picture is good or bad, and never a failure of ours."""
        random, whole = Random(3), pictures.noise(260, 260)
        for _ in range(500):
            broken = bytearray(whole)
            for _ in range(random.randint(1, 8)):
                broken[random.randrange(random.choice((700, len(broken))))] = random.randrange(256)
            try:
                examine(bytes(broken[: random.randint(1, len(broken))]), POLICY)
            except InvalidError as error:
                assert error.errors  # noqa: PT017 - either end is right


class TestLookAt:
    async def test_leaves_the_loop_to_others(self) -> None:
        """Pictures are looked at elsewhere, many that come at once too."""
        found = await asyncio.gather(*(look_at(pictures.noise(), POLICY) for _ in range(10)))

        assert 1 == len(set(found))
