"""Signatures as Standard Webhooks has them."""

import base64

from tramita.kit.webhooks.signature import new_secret, sign

# The example of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


class TestSign:
    def test_says_what_the_specification_says(self) -> None:
        """Receivers verify with libraries that we did not write."""
        signature = sign([SECRET], EVENT, 1614265330, b'{"test": 2432232314}')

        assert SIGNATURE == signature

    def test_signs_with_every_secret(self) -> None:
        """While a secret is being changed, a receiver may know either."""
        both = sign([new_secret(), SECRET], EVENT, 1614265330, b'{"test": 2432232314}')

        assert [False, True] == [one == SIGNATURE for one in both.split(" ")]


class TestNewSecret:
    def test_has_as_many_bytes_as_the_digest(self) -> None:
        """The specification asks for 24 to 64."""
        prefix, _, encoded = new_secret().partition("_")

        assert ("whsec", 32) == (prefix, len(base64.b64decode(encoded)))
