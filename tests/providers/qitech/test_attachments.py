"""The form a picture travels in."""

from email import message_from_bytes
from email.policy import HTTP

from hypothesis import given
from hypothesis import strategies as st

from tramita.providers.qitech.attachments import make_form


class TestMakeForm:
    @given(st.binary(max_size=300))
    def test_carries_exactly_the_file(self, file: bytes) -> None:
        """One field named ``file``, whatever bytes are in it, by another's parser."""
        form = make_form(file)

        head = f"Content-Type: {form.content_type}\r\n\r\n".encode()
        [part] = message_from_bytes(head + form.body, policy=HTTP).iter_parts()
        assert 'form-data; name="file"; filename="picture.jpg"' == part["Content-Disposition"]
        assert "image/jpeg" == part["Content-Type"]
        assert b"\r\n\r\n" + file + b"\r\n--" in form.body
        assert file == form.file

    def test_is_the_same_for_the_same_file(self) -> None:
        """A repeated upload is the same request."""
        assert make_form(b"a") == make_form(b"a")
        assert make_form(b"a").content_type != make_form(b"b").content_type
