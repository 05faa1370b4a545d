"""In which language people in chats are spoken to."""

from typing import Final

from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import Words, words_in

SPOKEN: Final = ("en", "ru")


def words_for(own: str | None, accepted: str | None, default: str, zone: str) -> Words:
    """The words of somebody by their own language, what their browser accepts, or the house's."""
    return words_in(choose_language(own, accepted, default, among=SPOKEN), zone)
