"""The lives of deliveries and endpoints, and what the database thinks of them."""

import re
from enum import StrEnum

import pytest

from tests.kit.webhooks.receivers import Office
from tramita.kit.outbox.lifecycle import OPEN, DeliveryState
from tramita.kit.webhooks.lifecycle import DELIVERY, ENDPOINT, EndpointState


class TestStates:
    @pytest.mark.parametrize(
        ("constraint", "states"),
        [
            ("webhook_deliveries_state", DeliveryState),
            ("webhook_endpoints_state", EndpointState),
        ],
    )
    async def test_are_those_the_database_allows(
        self, office: Office, constraint: str, states: type[StrEnum]
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
