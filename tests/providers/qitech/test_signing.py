"""ES512 signatures in both generations, on requests and on answers."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import md5

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from tramita.providers.qitech.signing import (
    AnswerVerifier,
    Distrust,
    Generation,
    ReceivedMessage,
    RequestSigner,
    SignatureNotTrusted,
    SigningKeyNotUsable,
)

API_KEY = "4c268c7d-c2e5-4d26-9ec2-7b0a9ddc3b1f"
PATH = "/v2/credit_transfer/proposal"
BODY = '{"name":"João","rate":0.0167}'.encode()
NOW = datetime(2026, 11, 22, 4, 6, 38, 759844, tzinfo=UTC)


@dataclass(frozen=True)
class Keys:
    """One P-521 pair: made for the test run, never stored."""

    key: ECKey

    @property
    def private_pem(self) -> str:
        return self.key.as_pem(private=True).decode()

    @property
    def public_pem(self) -> str:
        return self.key.as_pem(private=False).decode()

    def token(self, payload: bytes) -> str:
        protected = {"typ": "JWT", "alg": "ES512"}
        return jws.serialize_compact(protected, payload, self.key, algorithms=["ES512"])


KEYS = Keys(ECKey.generate_key("P-521"))
OTHER_KEYS = Keys(ECKey.generate_key("P-521"))


def signed(generation: Generation, *, body: bytes = BODY, path: str = PATH) -> ReceivedMessage:
    """A message signed at NOW, as the other side receives it."""
    signer = RequestSigner(API_KEY, KEYS.private_pem, generation)
    request = signer.sign(body, method="POST", path=path, at=NOW)
    return ReceivedMessage(request.headers, request.body, "POST", path)


def verifier(generation: Generation, keys: Keys = KEYS) -> AnswerVerifier:
    return AnswerVerifier(API_KEY, keys.public_pem, generation)


def distrust(generation: Generation, message: ReceivedMessage, *, at: datetime = NOW) -> Distrust:
    """The reason for which this message is not trusted."""
    with pytest.raises(SignatureNotTrusted) as caught:
        verifier(generation).verify(message, at=at)
    return caught.value.reason


def with_claims(claims: object, *, body: bytes = BODY) -> ReceivedMessage:
    """A v2 message whose token carries exactly these claims."""
    token = KEYS.token(msgspec.json.encode(claims))
    return ReceivedMessage({"Authorization": token}, body, "POST", PATH)


class TestRequestSigner:
    def test_v2_signs_the_md5_time_method_and_path_and_leaves_the_body_alone(self) -> None:
        """The current generation's token carries the four documented claims."""
        request = RequestSigner(API_KEY, KEYS.private_pem).sign(
            BODY, method="POST", path=PATH + "?a=1", at=NOW
        )

        token = jws.deserialize_compact(
            request.headers["AUTHORIZATION"], KEYS.key, algorithms=["ES512"]
        )
        assert {"typ": "JWT", "alg": "ES512"} == token.headers()
        assert {
            "payload_md5": md5(BODY).hexdigest(),
            "timestamp": "2026-11-22T04:06:38.759844Z",
            "method": "POST",
            "uri": PATH,
        } == msgspec.json.decode(token.payload)
        assert BODY == request.body
        assert API_KEY == request.headers["API-CLIENT-KEY"]

    def test_v1_signs_five_lines_and_replaces_the_body(self) -> None:
        """The older generation signs the encoded body and the path with its query."""
        request = RequestSigner(API_KEY, KEYS.private_pem, "v1").sign(
            BODY, method="POST", path=PATH + "?a=1", at=NOW
        )

        encoded_body = msgspec.json.decode(request.body)["encoded_body"]
        prefix, _, token = request.headers["AUTHORIZATION"].rpartition(":")
        claims = jws.deserialize_compact(token, KEYS.key, algorithms=["ES512"]).payload
        lines = [
            "POST",
            md5(encoded_body.encode()).hexdigest(),
            "application/json",
            "Sun, 22 Nov 2026 04:06:38 GMT",
            PATH + "?a=1",
        ]
        assert f"QIT {API_KEY}" == prefix
        assert {"sub": API_KEY, "signature": "\n".join(lines)} == msgspec.json.decode(claims)
        assert BODY == jws.deserialize_compact(encoded_body, KEYS.key, algorithms=["ES512"]).payload

    def test_writes_the_time_in_utc_whatever_zone_it_is_given(self) -> None:
        """A caller's zone never reaches the signed timestamp."""
        in_brasilia = NOW.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00:00-03:00").tzinfo)

        request = RequestSigner(API_KEY, KEYS.private_pem).sign(
            BODY, method="POST", path=PATH, at=in_brasilia
        )

        message = ReceivedMessage(request.headers, request.body, "POST", PATH)
        assert BODY == verifier("v2").verify(message, at=NOW)

    @pytest.mark.parametrize(
        "pem",
        [
            "",
            "not a key",
            ECKey.generate_key("P-256").as_pem(private=True).decode(),
            KEYS.public_pem,
        ],
        ids=["empty", "junk", "other curve", "public"],
    )
    def test_refuses_a_key_it_cannot_sign_with(self, pem: str) -> None:
        """A wrong key fails when the provider starts, not at the first proposal."""
        with pytest.raises(SigningKeyNotUsable):
            RequestSigner(API_KEY, pem)


@pytest.mark.parametrize("generation", ["v1", "v2"])
class TestAnswerVerifier:
    @settings(max_examples=15)
    @given(body=st.binary(max_size=200))
    def test_returns_what_was_signed(self, generation: Generation, body: bytes) -> None:
        """Any bytes signed by the other side come back unchanged, also none at all."""
        message = signed(generation, body=body)

        plain = verifier(generation).verify(message, at=NOW)

        assert body == plain

    def test_accepts_a_body_larger_than_the_librarys_own_limit(
        self, generation: Generation
    ) -> None:
        """Two schedules of 96 instalments do not break on a default of joserfc."""
        body = b"[" + b" " * 300_000 + b"]"

        plain = verifier(generation).verify(signed(generation, body=body), at=NOW)

        assert body == plain

    def test_reads_header_names_in_any_case(self, generation: Generation) -> None:
        """HTTP header names are case-insensitive."""
        message = signed(generation)
        lowered = {name.lower(): value for name, value in message.headers.items()}

        assert BODY == verifier(generation).verify(replace(message, headers=lowered), at=NOW)

    def test_distrusts_another_signers_key(self, generation: Generation) -> None:
        """An answer signed by anybody else is not QI Tech's."""
        with pytest.raises(SignatureNotTrusted) as caught:
            verifier(generation, OTHER_KEYS).verify(signed(generation), at=NOW)

        assert Distrust.TOKEN_NOT_TRUSTED == caught.value.reason

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"headers": {}}, Distrust.HEADER_MISSING),
            ({"headers": {"Authorization": ""}}, Distrust.HEADER_MISSING),
            ({"headers": {"Authorization": "QIT other:a.b.c"}}, Distrust.API_KEY_MISMATCH),
            ({"headers": {"Authorization": "a.b.c"}}, Distrust.TOKEN_NOT_TRUSTED),
            ({"headers": {"Authorization": "ação"}}, Distrust.TOKEN_NOT_TRUSTED),
            ({"method": "PATCH"}, Distrust.METHOD_MISMATCH),
            ({"path": "/v2/other"}, Distrust.PATH_MISMATCH),
        ],
    )
    def test_names_why_it_distrusts(
        self, generation: Generation, change: dict[str, object], reason: Distrust
    ) -> None:
        """Whatever is wrong around the body is refused under its own name."""
        message = replace(signed(generation), **change)  # type: ignore[arg-type]

        assert reason == distrust(generation, message)

    @pytest.mark.parametrize("seconds", [-302, 302])
    def test_distrusts_a_clock_more_than_five_minutes_away(
        self, generation: Generation, seconds: int
    ) -> None:
        """A replayed answer ages out; tokens of QI Tech carry no expiry of their own."""
        at = NOW + timedelta(seconds=seconds)

        assert Distrust.CLOCK_MISMATCH == distrust(generation, signed(generation), at=at)

    @pytest.mark.parametrize("seconds", [-299, 299])
    def test_trusts_a_clock_within_five_minutes(self, generation: Generation, seconds: int) -> None:
        """Ordinary drift between two machines is not an alarm."""
        at = NOW + timedelta(seconds=seconds)

        assert BODY == verifier(generation).verify(signed(generation), at=at)


class TestAnswerVerifierOfPlainBodies:
    def test_distrusts_another_body(self) -> None:
        """The md5 depends on the exact bytes: one blank is another body."""
        message = replace(signed("v2"), body=BODY + b" ")

        assert Distrust.BODY_MISMATCH == distrust("v2", message)

    def test_distrusts_a_token_signed_for_another_api_key(self) -> None:
        """A header that names another client is not for us."""
        message = signed("v2")
        headers = dict(message.headers) | {"API-CLIENT-KEY": "other"}

        assert Distrust.API_KEY_MISMATCH == distrust("v2", replace(message, headers=headers))

    def test_believes_the_md5_of_an_empty_object_for_no_body(self) -> None:
        """The published sample serializes an empty object when there is no body."""
        claims = {
            "payload_md5": md5(b"{}").hexdigest(),
            "timestamp": "2026-11-22T04:06:38Z",
            "method": "POST",
            "uri": PATH,
        }

        assert b"" == verifier("v2").verify(with_claims(claims, body=b""), at=NOW)

    def test_reads_the_five_lines_of_a_signature_claim(self) -> None:
        """One documentation page shows this layout where the others show four claims."""
        date = format_datetime(NOW, usegmt=True)
        lines = ["POST", md5(BODY).hexdigest(), "application/json", date, PATH]
        claims = {"sub": API_KEY, "signature": "\n".join(lines)}

        assert BODY == verifier("v2").verify(with_claims(claims), at=NOW)

    @pytest.mark.parametrize(
        "claims",
        [
            [],
            {},
            {"payload_md5": 1, "timestamp": "x", "method": "POST", "uri": PATH},
            {"payload_md5": "x", "timestamp": "yesterday", "method": "POST", "uri": PATH},
            {"signature": "one\ntwo"},
            {"signature": "POST\nx\napplication/json\nyesterday\n/"},
        ],
    )
    def test_distrusts_claims_it_cannot_read(self, claims: object) -> None:
        """A valid signature over something else is not a signature over this message."""
        assert Distrust.CLAIMS_UNREADABLE == distrust("v2", with_claims(claims))

    @pytest.mark.parametrize("algorithm", ["ES256", "ES384", "HS256", "none"])
    def test_distrusts_any_other_algorithm(self, algorithm: str) -> None:
        """The sender never chooses the algorithm."""
        header = urlsafe_b64encode(msgspec.json.encode({"typ": "JWT", "alg": algorithm}))
        _, claims, signature = signed("v2").headers["AUTHORIZATION"].split(".")
        token = ".".join([header.decode().rstrip("="), claims, signature])

        message = replace(signed("v2"), headers={"Authorization": token})

        assert Distrust.TOKEN_NOT_TRUSTED == distrust("v2", message)

    @settings(max_examples=60)
    @given(token=st.text(max_size=80) | st.text(alphabet="abcXYZ019-_.=:", max_size=80))
    def test_never_raises_anything_else(self, token: str) -> None:
        """Whatever a stranger puts into the header is distrusted, not an accident."""
        message = ReceivedMessage({"Authorization": token}, BODY, "POST", PATH)

        with pytest.raises(SignatureNotTrusted):
            verifier("v2").verify(message, at=NOW)


class TestAnswerVerifierOfEncodedBodies:
    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"encoded_body": 1}', b"\xff", BODY])
    def test_distrusts_a_body_that_is_not_encoded(self, body: bytes) -> None:
        """Cutting the body away, or sending it plain, is noticed."""
        assert Distrust.BODY_NOT_ENCODED == distrust("v1", replace(signed("v1"), body=body))

    def test_distrusts_another_encoded_body(self) -> None:
        """A genuine body of another answer does not fit this header."""
        other = signed("v1", body=b"{}").body

        assert Distrust.BODY_MISMATCH == distrust("v1", replace(signed("v1"), body=other))

    def test_distrusts_a_body_token_of_another_signer(self) -> None:
        """The md5 alone is not a signature of the body."""
        forged = OTHER_KEYS.token(b"{}")
        digest = md5(forged.encode()).hexdigest()
        date = format_datetime(NOW, usegmt=True)
        lines = ["POST", digest, "application/json", date, PATH]
        header = KEYS.token(msgspec.json.encode({"sub": API_KEY, "signature": "\n".join(lines)}))
        message = ReceivedMessage(
            {"Authorization": f"QIT {API_KEY}:{header}"},
            msgspec.json.encode({"encoded_body": forged}),
            "POST",
            PATH,
        )

        assert Distrust.BODY_NOT_TRUSTED == distrust("v1", message)

    def test_distrusts_a_token_whose_subject_is_another_client(self) -> None:
        """The subject inside the token counts, not only the header beside it."""
        date = format_datetime(NOW, usegmt=True)
        lines = ["POST", md5(BODY).hexdigest(), "application/json", date, PATH]
        claims = {"sub": "other", "signature": "\n".join(lines)}

        assert Distrust.API_KEY_MISMATCH == distrust("v1", with_claims(claims))
