"""Masking of whole bodies, headers and long lists."""

import msgspec
import pytest

from tramita.kit.masking import (
    LONGEST_LIST,
    MAX_BODY,
    mask_body,
    mask_headers,
)


class TestMaskBody:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b"", ""),
            (
                b'{"numbers":[{"msisdn":"5511987654321"}]}',
                '{"numbers":[{"msisdn":"(11) 9••••-4321"}]}',
            ),
            (b'{"numbers":["551132654321"]}', '{"numbers":["(11) ••••-4321"]}'),
            (b'{"cpf": "16514548091"}', '{"cpf":"•••.145.•••-••"}'),
            (b"<html>CPF 16514548091</html>", "<html>CPF •••.145.•••-••</html>"),
            (b'{"cpf": "165145', '{"cpf":"•••"'),
            (b"\xff maria@example.com", "\N{REPLACEMENT CHARACTER} m•••@example.com"),
        ],
    )
    def test_reads_json_and_everything_else(self, body: bytes, expected: str) -> None:
        """A truncated, HTML or binary answer is journalled as safely as a good one."""
        assert expected == mask_body(body)

    @pytest.mark.parametrize(
        "beginning", [b"%PDF-1.7", b"PK\x03\x04", b"\x89PNG\r\n", b"\xff\xd8\xff"]
    )
    def test_says_of_a_file_how_large_it_is(self, beginning: bytes) -> None:
        """A contract says in clear who signs it, in its outline if nowhere else."""
        masked = mask_body(beginning + b" /Title(Agreement of Zulmira)")

        assert f"({len(beginning) + 29} bytes of a file)" == masked

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b'{"code":"no","message":"Ana owes"}', '{"code":"no","message":"•••"}'),
            (b'{"error":[{"message":{"value":"Ana"}}]}', '{"error":[{"message":"•••"}]}'),
            (
                b'\xef\xbb\xbf{"code":"no", "message":"Ana \\"A\\" o',
                '{"code":"no", "message":"•••"',
            ),
            (b'{"message":""}', '{"message":""}'),
        ],
    )
    def test_leaves_out_somebodys_own_words(self, body: bytes, expected: str) -> None:
        """What people wrote in them is theirs, however deep, and where the body is broken."""
        assert expected == mask_body(body, words={"message"}).lstrip("\ufeff")

    def test_survives_a_hundred_thousand_brackets(self) -> None:
        """The parser's recursion limit is not our crash."""
        assert mask_body(b"[" * 100_000).startswith("[[[")

    def test_cuts_a_huge_body(self) -> None:
        """The journal keeps the beginning and says how much there was."""
        masked = mask_body(b"x" * (MAX_BODY + 1))

        assert masked.endswith(f"… ({MAX_BODY + 1} bytes in all)")


class TestMaskHeaders:
    def test_hides_credentials_and_keeps_the_rest(self) -> None:
        """Header names are hidden in whatever case they come."""
        masked = mask_headers(
            {"API-CLIENT-KEY": "4c268c7d", "AUTHORIZATION": "QIT x:y", "Content-Type": "a/b"}
        )

        assert "API-CLIENT-KEY: •••\nAUTHORIZATION: •••\nContent-Type: a/b\n\n" == masked

    def test_says_nothing_of_no_headers(self) -> None:
        """A journalled body does not start with an empty line."""
        assert "" == mask_headers({})


class TestALongList:
    def test_in_a_body_is_cut_in_its_middle(self) -> None:
        """The ends tell what all of it holds; a journal is no archive."""
        body = msgspec.json.encode({"installments": list(range(80))})

        kept = msgspec.json.decode(mask_body(body))["installments"]

        assert [0, 1, 2, 3, 4, 5, "… 68 more …", 74, 75, 76, 77, 78, 79] == kept

    def test_is_whole_up_to_a_limit(self) -> None:
        """Two dozen members are still read."""
        body = msgspec.json.encode(list(range(LONGEST_LIST)))

        assert body.decode() == mask_body(body)
