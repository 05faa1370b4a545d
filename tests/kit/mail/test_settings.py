"""What is asked of whoever names a mail server."""

import pytest
from pydantic import ValidationError

from tramita.kit.mail.settings import MailSettings, Security


class TestSettings:
    @pytest.mark.parametrize(
        ("security", "port", "expected"),
        [(Security.STARTTLS, 0, 587), (Security.TLS, 0, 465), (Security.TLS, 2525, 2525)],
    )
    def test_know_the_usual_ports(self, security: Security, port: int, expected: int) -> None:
        """Whoever says nothing gets what mail servers listen on."""
        assert expected == MailSettings(security=security, port=port).usual_port

    @pytest.mark.parametrize(
        "given",
        [
            {"host": "mail.example"},
            {"host": "mail.example", "sender": "a@b.example", "security": "none"},
            {"sender": "nobody"},
            {"sender": "a@b.example\r\nBcc: everybody@b.example"},
            {"reply_to": "nobody"},
        ],
    )
    def test_refuse_what_cannot_work_or_is_not_safe(self, given: dict[str, str]) -> None:
        """No sender, no TLS to another machine, or somebody who is no address."""
        with pytest.raises(ValidationError):
            MailSettings(**given)  # type: ignore[arg-type]  # read from texts, as the environment's are

    def test_allow_a_server_on_this_machine_without_tls(self) -> None:
        """Nothing leaves it in clear."""
        local = MailSettings(host="127.0.0.1", sender="a@b.example", security=Security.NONE)

        assert "127.0.0.1" == local.host
