"""Looking at pictures that nobody vouches for."""

import asyncio
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from random import Random
from time import process_time

import pytest
from PIL import Image

from tests.portability import pictures
from tramita.kit.errors import InvalidError
from tramita.portability.pictures import Facts, Looking, TooManyPictures, examine
from tramita.portability.ports import PictureLimits

LIMITS = PictureLimits()

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
    "too large and no JPEG": (bytes(pictures.TOO_LARGE), ["too_large"]),
    "cut in the middle": (pictures.noise()[:-5_000], ["not_decodable"]),
    "cut in its header": (pictures.noise()[:100], ["not_decodable"]),
    "a bomb": (pictures.bomb(), ["too_many_pixels"]),
    "a flat bomb": (pictures.bomb(65_000, 100), ["too_few_pixels"]),
    "a thousand passes": (pictures.many_scans(200), ["too_many_scans"]),
    "some passes over very many pixels": (pictures.many_scans(50, 3000), ["too_many_scans"]),
    "hundreds of thousands of segments": (
        pictures.with_segments(*[pictures.segment(0xE1)] * 400_000),
        ["too_many_segments"],
    ),
    "without a frame": (pictures.without_frame(), ["not_decodable"]),
    "without an end": (pictures.jpeg()[:-2], ["not_decodable"]),
}

GOOD = {
    "as small as allowed": pictures.jpeg(250, 250),
    "as large as allowed": pictures.padded(LIMITS.most_bytes),
    "a photograph": pictures.noise(),
    "progressive": pictures.jpeg(progressive=True),
    "in grays": pictures.encode(Image.new("L", (300, 300)), "JPEG"),
    "for printing": pictures.encode(Image.new("CMYK", (300, 300)), "JPEG"),
}


class TestLimits:
    def test_of_several_lenders_are_the_strictest(self) -> None:
        """A picture that goes to all of them must be one that each of them takes."""
        sharp = PictureLimits(least_pixels=600, most_bytes=900_000)
        small = PictureLimits(least_pixels=300, most_bytes=400_000)

        assert PictureLimits(600, 400_000) == PictureLimits.strictest([sharp, small])
        assert LIMITS == PictureLimits.strictest([])


class TestExamine:
    @pytest.mark.parametrize("case", BAD)
    def test_names_what_is_wrong(self, case: str) -> None:
        """Every error at once, each with a stable code."""
        content, codes = BAD[case]

        with pytest.raises(InvalidError) as raised:
            examine(content, LIMITS)

        assert codes == [error.code for error in raised.value.errors]

    @pytest.mark.parametrize("case", GOOD)
    def test_takes_what_the_provider_takes(self, case: str) -> None:
        """Whatever a JPEG may be."""
        looked = examine(GOOD[case], LIMITS)

        assert looked.facts.size == len(looked.content) <= len(GOOD[case])

    def test_measures(self) -> None:
        """Pixels, bytes and the SHA-256 in hexadecimal digits."""
        content = pictures.jpeg(320, 250)

        looked = examine(content, LIMITS)

        assert Facts(320, 250, len(content), sha256(content).hexdigest()) == looked.facts
        assert content == looked.content

    def test_ends_in_a_verdict_whatever_comes(self) -> None:
        """Broken at any place, a picture is good or bad, and never a failure of ours."""
        random, whole = Random(3), pictures.noise(260, 260)
        for _ in range(500):
            broken = bytearray(whole)
            for _ in range(random.randint(1, 8)):
                broken[random.randrange(random.choice((700, len(broken))))] = random.randrange(256)
            try:
                examine(bytes(broken[: random.randint(1, len(broken))]), LIMITS)
            except InvalidError as error:
                assert error.errors  # noqa: PT017 - either end is right


class TestWhatIsNotThePicture:
    """It is taken out, and the picture is the same to the bit."""

    @pytest.mark.parametrize(
        "segment",
        [
            pictures.segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08 GPS 23.5 S"),
            pictures.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
            pictures.segment(0xE0, b"JFXX\0\x10 a thumbnail"),
            pictures.segment(0xE2, b"MPF\0 more pictures"),
            pictures.segment(0xED, b"Photoshop 3.0\0 who, where"),
            pictures.segment(0xFE, b"a comment"),
            b"\xff" * 1_000_000,
        ],
    )
    def test_is_taken_out(self, segment: bytes) -> None:
        """Place, time, names, thumbnails, other pictures, remarks, and mere filling."""
        clean = pictures.noise()

        assert clean == examine(pictures.with_segments(segment, of=clean), LIMITS).content

    def test_is_taken_out_behind_the_end_too(self) -> None:
        """A film, or an archive."""
        assert pictures.jpeg() == examine(pictures.jpeg() + b"PK\x03\x04", LIMITS).content

    @pytest.mark.parametrize(
        "segment",
        [
            pictures.segment(0xE2, b"ICC_PROFILE\0\x01\x01 colors"),
            pictures.segment(0xEE, b"Adobe\0d\0\0\0\0\x01"),
        ],
    )
    def test_is_not_what_tells_its_colors(self, segment: bytes) -> None:
        """Without those it would look otherwise."""
        content = pictures.with_segments(segment)

        assert content == examine(content, LIMITS).content

    @pytest.mark.parametrize("orientation", range(10))
    def test_is_not_which_way_is_up(self, orientation: int) -> None:
        """Nobody's face is turned on its side; of the rest of EXIF nothing stays."""
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = orientation, "Camera of Maria"

        kept = examine(pictures.jpeg(exif=exif), LIMITS).content

        upright = orientation if 1 <= orientation <= 8 else 1
        with Image.open(BytesIO(kept)) as picture:
            assert upright == picture.getexif().get(0x0112, 1)
            assert (300, 250) == picture.size
        assert b"Maria" not in kept

    def test_leaves_a_progressive_picture_as_it_is(self) -> None:
        """Scan by scan."""
        content = pictures.jpeg(progressive=True)

        assert content == examine(content, LIMITS).content


class TestWhatItCosts:
    """Whatever fits into two megabytes is judged in little time."""

    @pytest.mark.parametrize("case", ["segments", "filling", "broken filling", "escapes"])
    def test_is_little(self, case: str) -> None:
        """Linear, and before anything is decoded."""
        most = 1_900_000
        content = {
            "segments": pictures.with_segments(*[pictures.segment(0xE1)] * (most // 4)),
            "filling": pictures.with_segments(b"\xff" * most),
            "broken filling": pictures.jpeg()[:-2] + b"\xff" * most + b"\0",
            "escapes": pictures.jpeg()[:-2] + b"\xff\0" * (most // 2) + b"\xff\xd9",
        }[case]

        began = process_time()
        with suppress(InvalidError):
            examine(content, LIMITS)

        assert process_time() - began < 1.0


class TestLookAt:
    async def test_leaves_the_loop_to_others(self) -> None:
        """Pictures are looked at elsewhere, many that come at once too."""
        looking = Looking(places=10, share=10)

        found = await asyncio.gather(
            *(looking.look_at(pictures.noise(), LIMITS, sender="alfa") for _ in range(10))
        )

        assert 1 == len(set(found))

    async def test_has_a_share_for_each_sender(self) -> None:
        """Who sends many at once is asked to wait, and nobody else is."""
        looking = Looking(places=5, share=3)
        senders = ["alfa"] * 4 + ["beta"] * 3

        found = await asyncio.gather(
            *(looking.look_at(pictures.jpeg(), LIMITS, sender=one) for one in senders),
            return_exceptions=True,
        )
        again = await looking.look_at(pictures.jpeg(), LIMITS, sender="alfa")

        refused = [isinstance(one, TooManyPictures) for one in found]
        assert [False, False, False, True, False, False, True] == refused
        assert pictures.jpeg() == again.content
