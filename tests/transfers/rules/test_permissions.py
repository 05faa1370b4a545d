"""Who may do what: every role in every state with every action, as it was designed."""

from collections.abc import Iterator

import pytest

from tramita.transfers.lifecycle import (
    APPLICATION,
    PAYMENT,
    ApplicationState,
    ApplicationTrigger,
    PaymentState,
    PaymentTrigger,
)
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import (
    CREATORS,
    LOOKS,
    Action,
    ClientEdits,
    action_of,
    action_of_payment,
    allowed_actions,
    allowed_moves,
    allowed_payment_moves,
    may,
    must_say_why,
)
from tramita.transfers.rules.reference import render_roles
from tramita.transfers.rules.roles import Role

ALL = "draft submitted new_in_house offer_accepted in_work completed cancelled rejected"
UNTIL_ACCEPT = "draft submitted new_in_house"
RUNNING = "offer_accepted in_work"
OVER = "completed cancelled rejected"
# Of applications from chats, as designed: by action, who may in which states.
DESIGNED = {
    "open": {"client agent manager tenant_admin platform_admin": ALL},
    "edit": {
        "client": "draft submitted",
        "agent manager platform_admin": UNTIL_ACCEPT,
        "onec": f"{UNTIL_ACCEPT} {RUNNING}",
    },
    "submit": {"client": "draft"},
    "return": {"client agent manager platform_admin": "submitted"},
    "check": {"agent manager platform_admin": "draft submitted"},
    "reopen_draft": {"agent manager platform_admin": "new_in_house"},
    "accept_offer": {"system": "new_in_house"},
    "start_work": {"onec": "offer_accepted"},
    "complete": {"onec manager platform_admin": "in_work"},
    "cancel": {
        "client": "draft",
        "agent": UNTIL_ACCEPT,
        "manager platform_admin": f"{UNTIL_ACCEPT} {RUNNING}",
    },
    "reject": {"onec": "new_in_house"},
    "mark_payment": {"client agent manager platform_admin": RUNNING},
    "confirm_payment": {"onec": f"{RUNNING} {OVER}"},
    "see_onec": {"agent manager tenant_admin platform_admin": ALL},
    "see_conditions": {"client agent manager tenant_admin platform_admin": ALL},
    "see_offers": {"agent manager tenant_admin platform_admin": ALL},
    "make_offer": {},
    "give_conditions": {"onec": f"new_in_house {RUNNING}"},
    "upload": {"client agent manager bot platform_admin": ALL},
    "see_documents": {"client agent manager tenant_admin bot platform_admin": ALL},
    "give_document": {"onec": ALL},
    "send_document": {"agent manager platform_admin": ALL},
    "request_document": {"agent manager platform_admin": f"new_in_house {RUNNING}"},
    "cancel_request": {"agent manager platform_admin": ALL},
    "store_message": {"bot": ALL},
    "import_messages": {"agent manager bot platform_admin": ALL},
    "see_messages": {"agent manager platform_admin": ALL},
    "write_note": {"agent manager platform_admin": ALL},
    "see_notes": {"agent manager tenant_admin platform_admin": ALL},
    "see_history": {"agent manager tenant_admin platform_admin": ALL},
    "see_own_history": {"client": ALL},
    "hand_over": {"manager platform_admin": UNTIL_ACCEPT},
}
# What is different with ordinary ones: 1C and the chat have no part in them, many agents do.
ORDINARY = DESIGNED | {
    "edit": {"client": "draft submitted", "agent manager platform_admin": UNTIL_ACCEPT},
    "accept_offer": {"manager platform_admin": "new_in_house"},
    "start_work": {"manager platform_admin": "offer_accepted"},
    "complete": {"manager platform_admin": "in_work"},
    "reject": {},
    "confirm_payment": {"manager platform_admin": f"{RUNNING} {OVER}"},
    "see_onec": {},
    "make_offer": {"other_agent": "new_in_house"},
    "give_conditions": {},
    "give_document": {},
    "send_document": {},
    "request_document": {},
    "cancel_request": {},
}
SPECIAL = DESIGNED | {"send_document": {}}
BY_KIND = {Kind.TELEGRAM: DESIGNED, Kind.ORDINARY: ORDINARY, Kind.SPECIAL: SPECIAL}


def cells(kind: Kind) -> Iterator[tuple[str, str, str]]:
    """Every ``(role, state, action)`` that is allowed by design."""
    for action, granted in BY_KIND[kind].items():
        for roles, states in granted.items():
            for role in roles.split():
                for state in states.split():
                    yield role, state, action


class TestEveryCell:
    @pytest.mark.parametrize("kind", Kind)
    def test_is_as_designed(self, kind: Kind) -> None:
        """Nobody may more, and nobody less."""
        expected = set(cells(kind))

        found = {
            (role.value, state.value, action.value)
            for role in Role
            for state in ApplicationState
            for action in Action
            if may(role, state, action, kind=kind)
        }

        assert set(DESIGNED) == set(Action)
        assert expected == found

    def test_is_on_the_page(self) -> None:
        """Each action has a line, and in it a place for each role."""
        lines = [line for line in render_roles().splitlines() if line.startswith("| `")]

        assert ["create", *Action] == [line.split("`")[1] for line in lines]
        assert {len(Role) + 2} == {line.count("|") for line in lines}

    def test_begins_with_whoever_may_create(self) -> None:
        """Both sides of a chat, and its tenant."""
        assert set(CREATORS) == set(
            map(Role, "client agent manager tenant_admin platform_admin".split())
        )


class TestClient:
    @pytest.mark.parametrize(
        ("until", "states"),
        [("submitted", "draft"), ("new_in_house", "draft submitted"), ("accepted", UNTIL_ACCEPT)],
    )
    def test_edits_until_its_tenant_says(self, until: str, states: str) -> None:
        """And never what is accepted."""
        found = [
            state.value
            for state in ApplicationState
            if may(Role.CLIENT, state, Action.EDIT, client_edits=ClientEdits(until))
        ]

        assert states.split() == found


class TestAccepted:
    @pytest.mark.parametrize("until", ClientEdits)
    @pytest.mark.parametrize("kind", Kind)
    def test_is_read_only_to_everybody_but_onec(self, until: ClientEdits, kind: Kind) -> None:
        """Not even the house changes a field of it."""
        states = set(ApplicationState) - set(map(ApplicationState, UNTIL_ACCEPT.split()))

        editing = {
            role
            for role in Role
            for state in states
            if may(role, state, Action.EDIT, kind=kind, client_edits=until)
        }

        assert editing <= {Role.ONEC}


class TestReason:
    def test_is_asked_of_whoever_goes_beyond_their_own(self) -> None:
        """The house always, an agent for its client, a manager after acceptance, 1C's no."""
        asked = {
            (role.value, action.value): " ".join(
                state for state in ApplicationState if must_say_why(role, state, action)
            )
            for role in Role
            for action in Action
            if role is not Role.PLATFORM_ADMIN
        }

        assert {
            ("agent", "mark_payment"): RUNNING,
            ("manager", "cancel"): RUNNING,
            ("onec", "reject"): "new_in_house",
        } == {cell: states for cell, states in asked.items() if states}

    def test_is_asked_of_the_house_for_every_change(self) -> None:
        """For looking it is not."""
        for state in ApplicationState:
            for action in Action:
                is_change = may(Role.PLATFORM_ADMIN, state, action) and action not in LOOKS
                assert is_change is must_say_why(Role.PLATFORM_ADMIN, state, action)


class TestMoves:
    def test_are_actions_of_their_own(self) -> None:
        """Each arrow of a life cycle is somebody's to take."""
        for state, trigger, _ in APPLICATION.arrows():
            movers = {
                role
                for role in Role
                for kind in Kind
                if trigger in allowed_moves(role, state, kind)
            }
            assert movers, (state, trigger)
        assert set(map(action_of, ApplicationTrigger)) < set(Action)

    def test_of_the_payment_are_the_clients_word_or_onecs(self) -> None:
        """Whoever sends money says so, and whoever gets it."""
        client = {
            trigger
            for payment in PaymentState
            for trigger in allowed_payment_moves(Role.CLIENT, ApplicationState.IN_WORK, payment)
        }
        onec = {
            trigger
            for payment in PaymentState
            for trigger in allowed_payment_moves(Role.ONEC, ApplicationState.IN_WORK, payment)
        }

        assert {"send_test", "send", "take_back"} == client
        assert set(PaymentTrigger) - client == onec
        assert {Action.MARK_PAYMENT, Action.CONFIRM_PAYMENT} == set(
            map(action_of_payment, PaymentTrigger)
        )

    def test_lead_where_the_life_cycle_says(self) -> None:
        """What may be done is possible, too."""
        for role in Role:
            for state in ApplicationState:
                moves = allowed_moves(role, state)
                assert moves.items() <= APPLICATION.table.get(state, {}).items()
                assert set(map(action_of, moves)) <= set(allowed_actions(role, state))
                for payment in PaymentState:
                    paid = allowed_payment_moves(role, state, payment)
                    assert paid.items() <= PAYMENT.table.get(payment, {}).items()
