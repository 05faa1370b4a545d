"""What agents of other tenants see."""

import pytest

from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.visibility import LISTED_TO_OTHERS, Visibility, is_listed_to_others

_DRAFTS = {ApplicationState.DRAFT, ApplicationState.SUBMITTED}


class TestOthers:
    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("state", ApplicationState)
    def test_see_what_counts_as_far_as_its_tenant_shows_it(
        self, state: ApplicationState, kind: Kind, visibility: Visibility
    ) -> None:
        """Never a draft, nor what was cancelled as one; ordinary ones always, the others by setting."""
        is_shown = kind is Kind.ORDINARY or visibility is Visibility.ALL_AGENTS

        seen = is_listed_to_others(state, kind, visibility, has_counted=True)

        assert (is_shown and state not in _DRAFTS) is seen
        assert not is_listed_to_others(state, kind, visibility, has_counted=False)

    def test_see_no_person_chat_or_document(self) -> None:
        """A line says how much and where to, and nothing of who."""
        assert not [
            name
            for name in LISTED_TO_OTHERS
            for hidden in (
                "chat",
                "onec",
                "telegram",
                "payer",
                "name",
                "document",
                "agent",
                "reason",
            )
            if hidden in name
        ]
