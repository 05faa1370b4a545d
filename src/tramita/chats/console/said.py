"""What was said in a chat, as the one timeline tells it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from tramita.chats.console.words import A_SERVICE, FILE_KINDS, FILES, NO_TEXT, SERVICES
from tramita.chats.queries import AssetView, MessageView
from tramita.console.timeline import Happening
from tramita.console.times import Moment, Now
from tramita.kit.languages.words import Words, to_translate

_US: Final = "Tramita"
_HIDDEN: Final = to_translate("Hidden by the messenger")


def by_days(messages: Sequence[MessageView], now: Now) -> Sequence[tuple[str, Sequence[Happening]]]:
    """Messages by days of the reader's zone, in the order in which they are given."""
    told = [_said(one, now) for one in messages]
    return [(day, list(of_day)) for day, of_day in groupby(told, key=lambda one: one.day)]


def _said(one: MessageView, now: Now) -> Happening:
    words = now.words
    return Happening(
        "message",
        Moment.of(one.at, now=now),
        words.date(one.at, "full"),
        lane=_US if one.is_ours else one.name or str(one.person or words.gettext(_HIDDEN)),
        title="",
        text=one.text or words.gettext(_without_text(one)),
        files=[" · ".join(_file(each, words)) for each in one.assets],
        more=_edited(one.revision - 1, words) if one.revision > 1 else "",
    )


def _without_text(one: MessageView) -> str:
    return SERVICES.get(one.service, A_SERVICE) if one.service else NO_TEXT


def _edited(times: int, words: Words) -> str:
    return words.ngettext("edited once", "edited %(num)d times", times)


def _file(one: AssetView, words: Words) -> Iterator[str]:
    yield one.name or words.gettext(FILE_KINDS.get(one.kind, one.kind))
    yield words.gettext(FILES[one.state])
    if one.reason:
        yield str(words.catalog.gettext(one.reason))
