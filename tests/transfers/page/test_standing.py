"""How an application stands is told for every role, state and trouble, in both languages."""

from itertools import product

import pytest

from tramita.kit.languages.words import words_in
from tramita.transfers.lifecycle import ApplicationState as S
from tramita.transfers.lifecycle import PaymentState as P
from tramita.transfers.naming.fields import GROUPS, LABELS
from tramita.transfers.naming.reasons import TOO_LATE
from tramita.transfers.office.standing import OnecState
from tramita.transfers.page.form import show_facts, show_form
from tramita.transfers.page.standing import Facts, stand
from tramita.transfers.rules.fields import PATHS, Fields
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.roles import Role

ENGLISH, RUSSIAN = words_in("en-GB", "Europe/London"), words_in("ru-RU", "Europe/Moscow")
READERS = (Role.CLIENT, Role.AGENT, Role.MANAGER)


class TestAStanding:
    @pytest.mark.parametrize("role", READERS)
    def test_is_a_sentence_wherever_it_is(self, role: Role) -> None:
        """No combination is without words, and none is told in the other language."""
        for state, payment, onec in product(S, P, OnecState):
            facts = Facts(role, state, payment, onec=onec, number="7", to_pay="1 ₽")
            english, russian = stand(facts, ENGLISH), stand(facts, RUSSIAN)

            assert english.sentence.endswith((".", "?"))
            assert english.sentence != russian.sentence
            assert english.stamp[0] != russian.stamp[0]
            assert len(english.acts) == len(russian.acts)

    @pytest.mark.parametrize(
        ("reason", "told"), [(TOO_LATE, "срок прошёл."), ("Клиент передумал", "Клиент передумал.")]
    )
    def test_says_why_it_is_over(self, reason: str, told: str) -> None:
        """What the platform itself decided in the reader's language, a person's words as they are."""
        facts = Facts(Role.AGENT, S.CANCELLED, P.NONE, reason=reason)

        assert told in stand(facts, RUSSIAN).sentence

    @pytest.mark.parametrize(
        ("role", "todo"),
        [
            (Role.CLIENT, "Correct it and send it to be checked again."),
            (Role.AGENT, "When it is right, set it to “new in-house application”."),
        ],
    )
    def test_says_why_it_came_back(self, role: Role, todo: str) -> None:
        """And what is to be done now; of a draft that never was elsewhere it says nothing of the kind."""
        returned, new = (
            stand(Facts(role, S.DRAFT, P.NONE, reason=reason), ENGLISH).sentence
            for reason in ("The INN is another company's", None)
        )

        expected = "The application was returned to be corrected: The INN is another company's. "
        assert expected + todo == returned
        assert "returned" not in new

    @pytest.mark.parametrize(
        ("role", "state", "asks"),
        [
            (Role.AGENT, S.SUBMITTED, True),
            (Role.MANAGER, S.NEW_IN_HOUSE, True),
            (Role.CLIENT, S.SUBMITTED, False),
        ],
    )
    def test_asks_why_it_goes_back(self, role: Role, state: S, *, asks: bool) -> None:
        """Whoever gives it back to somebody else: these are told. Nobody has to say it."""
        [back] = [
            one for one in stand(Facts(role, state, P.NONE), ENGLISH).acts if one.to == S.DRAFT
        ]

        assert (asks, asks, False) == (back.asks_why, bool(back.question), back.needs_reason)

    @pytest.mark.parametrize(
        ("role", "state", "payment", "to"),
        [
            (Role.CLIENT, S.DRAFT, P.NONE, "submitted"),
            (Role.CLIENT, S.SUBMITTED, P.NONE, None),
            (Role.CLIENT, S.NEW_IN_HOUSE, P.NONE, None),
            (Role.CLIENT, S.OFFER_ACCEPTED, P.NONE, "client_sent"),
            (Role.CLIENT, S.IN_WORK, P.CLIENT_SENT, None),
            (Role.CLIENT, S.COMPLETED, P.CONFIRMED, None),
            (Role.AGENT, S.DRAFT, P.NONE, "new_in_house"),
            (Role.AGENT, S.SUBMITTED, P.NONE, "new_in_house"),
            (Role.AGENT, S.OFFER_ACCEPTED, P.NONE, None),
            (Role.MANAGER, S.IN_WORK, P.CONFIRMED, "completed"),
            (Role.MANAGER, S.CANCELLED, P.NONE, None),
        ],
    )
    def test_has_one_big_button_for_what_comes_next(
        self, role: Role, state: S, payment: P, to: str | None
    ) -> None:
        """What each side is there for at that stage; else none."""
        main = stand(Facts(role, state, payment), ENGLISH).main

        assert to == (main and main.to)


class TestTheForm:
    def test_has_a_name_for_everything_that_is_asked(self) -> None:
        """In both languages; what is asked for anywhere has a part of the form."""
        assert set(PATHS) == set(LABELS)
        assert {path.partition(".")[0] for path in PATHS} == set(GROUPS)
        for words in (ENGLISH, RUSSIAN):
            sections = show_form(Fields(), Kind.TELEGRAM, {}, "1", words)
            assert [one.title for one in sections] == [
                words.gettext(one) for one in GROUPS.values()
            ]
            assert () == tuple(show_facts(Fields(), words))

    def test_counts_what_is_missing_and_what_is_wrong(self) -> None:
        """Part by part, with the hint beside its field."""
        [payer] = [
            one
            for one in show_form(Fields(), Kind.TELEGRAM, {"payer.inn": "No."}, "1", ENGLISH)
            if one.group == "payer"
        ]

        assert (2, 1) == (payer.missing, payer.wrong)
        [inn] = [one for one in payer.fields if one.path == "payer.inn"]
        assert ("No.", "payer.inn-help payer.inn-wrong") == (inn.wrong, inn.described_by)
