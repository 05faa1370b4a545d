"""As what readers are told of whoever did something."""

import pytest

from tramita.kit.languages.words import words_in
from tramita.transfers.page.people import Names, call, telegram_ids
from tramita.transfers.rules.roles import Role
from tramita.transfers.who import Who

ENGLISH = words_in("en-GB")
NAMES = Names(by_id={}, by_telegram={4711: "Anna"})
ACTORS = {
    "telegram:4711": "Anna",
    "telegram:9001": "client",
    "onec:Olga": "Olga in 1C",
    "onec:": "1C",
    "user:ana@example.com": "the platform’s staff",
    "operator": "the platform’s staff",
    "token:shop": "",
    "system": "",
    "telegram:": "",
    "telegram:x": "",
}


class TestAnActor:
    @pytest.mark.parametrize(("actor", "called"), ACTORS.items())
    def test_is_told_to_those_who_work_on_it(self, actor: str, called: str) -> None:
        """Agents by name, clients as such, nobody of the house."""
        reader = Who(Role.MANAGER, "telegram:4712")

        assert called == call(actor, reader, NAMES, ENGLISH)

    @pytest.mark.parametrize("actor", ACTORS)
    def test_is_not_told_to_a_client(self, actor: str) -> None:
        """But for what they did themselves."""
        reader = Who(Role.CLIENT, "telegram:9002")

        assert "" == call(actor, reader, NAMES, ENGLISH)
        assert "you" == call(actor, Who(Role.CLIENT, actor), NAMES, ENGLISH)


class TestTelegramIds:
    def test_are_numbers(self) -> None:
        """Of those alone who come from there."""
        assert {4711, 9001} == telegram_ids(ACTORS)
