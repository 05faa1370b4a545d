"""Structured logs."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from tests.logging_kept import restored_logging
from tramita.kit.logs import set_up_logs


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    """Leave logging as it was for the tests that follow."""
    with restored_logging():
        yield


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged, one dictionary per line."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


class TestSetUpLogs:
    def test_writes_json_with_level_logger_and_time(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One line per event, for machines."""
        set_up_logs()

        structlog.get_logger("tramita.test").info("contract_created", contracts=2)

        (line,) = lines(capsys)
        assert line.pop("timestamp").endswith("Z")
        assert {
            "event": "contract_created",
            "contracts": 2,
            "level": "info",
            "logger": "tramita.test",
        } == line

    def test_hides_personal_data_and_secrets(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Ours and the libraries', in values and in sentences."""
        set_up_logs()

        structlog.get_logger("tramita.test").info("seen", cpf="165.145.480-91", token="abcdef12345")
        logging.getLogger("a.library").warning("CPF %s", "165.145.480-91")

        text = json.dumps(lines(capsys), ensure_ascii=False)
        assert "165.145.480-91" not in text
        assert "abcdef12345" not in text
        assert "a.library" in text

    def test_carries_the_request_or_job_it_belongs_to(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Whatever is bound around it."""
        set_up_logs()

        with structlog.contextvars.bound_contextvars(request_id="r-1"):
            structlog.get_logger("tramita.test").info("seen")
            logging.getLogger("a.library").warning("seen")

        assert ["r-1", "r-1"] == [line["request_id"] for line in lines(capsys)]

    def test_tells_what_was_raised(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A traceback is a field of the line, masked as well."""
        set_up_logs()

        try:
            int("CPF 165.145.480-91")
        except ValueError:
            structlog.get_logger("tramita.test").exception("failed")

        (line,) = lines(capsys)
        assert "ValueError" in line["exception"]
        assert "165.145.480-91" not in line["exception"]

    def test_leaves_out_what_is_below_its_level(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The level is a setting."""
        set_up_logs("WARNING")

        structlog.get_logger("tramita.test").info("seen")
        logging.getLogger("a.library").info("seen")

        assert [] == lines(capsys)
