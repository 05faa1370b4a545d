"""The lives of deliveries and endpoints, and what the database thinks of them."""

import re
from enum import StrEnum

import pytest

from tests.kit.webhooks.receivers import Office
from tramita.kit.mail import lifecycle as mails
from tramita.kit.outbox.lifecycle import OPEN
from tramita.kit.webhooks.lifecycle import DELIVERY, ENDPOINT


class TestStates:
    @pytest.mark.parametrize(
        ("constraint", "states"),
        [
            ("webhook_deliveries_state", DELIVERY.states),
            ("webhook_endpoints_state", ENDPOINT.states),
            ("mail_deliveries_state", mails.DELIVERY.states),
        ],
    )
    async def test_are_those_the_database_allows(
        self, office: Office, constraint: str, states: tuple[StrEnum, ...]
    ) -> None:
        """Neither knows one that the other does not."""
        definition = await office.one(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1", constraint
        )

        assert {state.value for state in states} == set(re.findall(r"'(\w+)'", definition))

    def test_never_end(self) -> None:
        """A settled delivery can be replayed, a disabled endpoint enabled."""
        assert frozenset() == DELIVERY.final | ENDPOINT.final
        assert {"waiting", "sending"} == OPEN
