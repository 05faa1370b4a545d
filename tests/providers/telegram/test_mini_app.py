"""What a Mini App is opened with, believed and not."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.telegram.vectors import (
    AGENT,
    CLIENT,
    CONFUSED,
    FOR_OTHERS,
    PLAIN,
    PUBLIC_TOKEN,
    TOKEN,
    WITH_BLANKS,
)
from tramita.chats.ports import MistrustCode, NotTrusted, Opened, Person
from tramita.providers.telegram.mini_app import MiniAppReader, StartMalformed

SIGNED_AT = datetime(2026, 1, 1, tzinfo=UTC)
PUBLISHED_AT = datetime(2022, 4, 19, 16, 22, 22, tzinfo=UTC)
DAY = timedelta(hours=24)
FIELDS = dict(parse_qsl(CLIENT, keep_blank_values=True))


def reader(token: str = TOKEN) -> MiniAppReader:
    """Of the bot with this token."""
    return MiniAppReader(token, "tramita_demo_bot", "pay", DAY)


def signed(fields: dict[str, str], token: str = TOKEN) -> str:
    """Fields with the hash that is theirs."""
    fields = {name: value for name, value in fields.items() if name != "hash"}
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    digest = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode({**fields, "hash": digest}, quote_via=quote)


def changed(**fields: str) -> str:
    """The client's with some fields changed or added, well signed."""
    return signed({**FIELDS, **fields})


def without(name: str) -> str:
    """The same without one field, well signed."""
    return signed({key: value for key, value in FIELDS.items() if key != name})


def at(moment: datetime) -> str:
    """The client's, signed at another time."""
    return changed(auth_date=str(int(moment.timestamp())))


BELIEVED = {
    "client": (CLIENT, 700001),
    "agent": (AGENT, 700900),
    "a client that takes the group for the sender": (CONFUSED, 700001),
    "in another order": ("&".join(reversed(CLIENT.split("&"))), 700001),
    "without Telegram's signature for others": (without("signature"), 700001),
    "with a field that nobody knows": (changed(brand_new="1"), 700001),
    "with a blank that is signed": (changed(start_param=""), 700001),
    "a minute ahead": (at(SIGNED_AT + timedelta(seconds=60)), 700001),
    "a day old": (at(SIGNED_AT - DAY), 700001),
}
NOBODYS = {
    "empty": "",
    "no query": "test&foo=bar=baz",
    "a name without a value": "test",
    "a value without a name": f"{CLIENT}&=x",
    "a field that was added": f"{CLIENT}&brand_new=1",
    "a blank that was added": f"{CLIENT}&brand_new=",
    "a blank of a known field": f"{CLIENT}&receiver=",
    "somebody else behind": f"{CLIENT}&user=%7B%22id%22%3A1%7D",
    "somebody else in front": f"user=%7B%22id%22%3A1%7D&{CLIENT}",
    "the same field twice": f"{CLIENT}&chat_type=supergroup",
    "another person": CLIENT.replace("700001", "700002"),
    "another start": CLIENT.replace("c_8Qm2T4xVY0", "c_8Qm2T4xVY1"),
    "another time": CLIENT.replace("1767225600", "1767229200"),
    "another signature": CLIENT.replace("signature=u", "signature=v"),
    "without the signature that is hashed": CLIENT.replace("&signature=", "&"),
    "without a hash": CLIENT.partition("&hash=")[0],
    "an empty hash": f"{CLIENT.partition('&hash=')[0]}&hash=",
    "half a hash": CLIENT[:-1],
    "a hash in capitals": CLIENT[:-64] + CLIENT[-64:].upper(),
    "a hash of other letters": f"{CLIENT[:-64]}%C3%A9%C3%A9",
    "the hash of another bot": signed(FIELDS, "1000002:ANOTHER-BOT"),
    "signed for others only": FOR_OTHERS,
    "half an escape": CLIENT.replace("%D0%90", "%D"),
    "no text": CLIENT.replace("%D0%90", "%FF"),
    "without a time": without("auth_date"),
    "no time": changed(auth_date="yesterday"),
    "a time with a sign": changed(auth_date="+1767225600"),
    "a time in other digits": changed(auth_date="١٧٦٧٢٢٥٦٠٠"),
    "from the future": at(SIGNED_AT + timedelta(seconds=61)),
    "from next year": at(SIGNED_AT + timedelta(days=365)),
    "of nobody": without("user"),
    "of no person": changed(user="null"),
    "of a list": changed(user="[]"),
    "of somebody without a number": changed(user='{"first_name":"A"}'),
    "of a number that is none": changed(user='{"id":-7,"first_name":"A"}'),
    "of a number beyond Telegram's": changed(user=f'{{"id":{2**52},"first_name":"A"}}'),
    "nested without end": changed(user="[" * 3000),
    "too long": changed(padding="x" * 9000),
    "too many fields": changed(**{f"x{number}": "1" for number in range(40)}),
}


class TestAnOpening:
    @pytest.mark.parametrize("which", BELIEVED)
    def test_that_the_bot_vouches_for_is_believed(self, which: str) -> None:
        """Whoever opens it, in whatever order its fields come."""
        init_data, person = BELIEVED[which]

        opened = reader().open(init_data, SIGNED_AT)

        assert isinstance(opened, Opened)
        assert person == opened.person.id

    @pytest.mark.parametrize("which", NOBODYS)
    def test_that_nobody_vouches_for_is_not(self, which: str) -> None:
        """And nothing of it is repeated."""
        found = reader().open(NOBODYS[which], SIGNED_AT)

        assert isinstance(found, NotTrusted)
        assert MistrustCode.INVALID is found.code
        assert "7000" not in found.why

    @pytest.mark.parametrize("init_data", [PLAIN, WITH_BLANKS])
    def test_of_other_libraries_tests_is_believed(self, init_data: str) -> None:
        """By their token, and by no other."""
        assert isinstance(reader(PUBLIC_TOKEN).open(init_data, PUBLISHED_AT), Opened)
        assert isinstance(reader("42:INVALID").open(init_data, PUBLISHED_AT), NotTrusted)

    def test_that_is_too_old_says_so(self) -> None:
        """From the first second after a day."""
        found = reader().open(CLIENT, SIGNED_AT + DAY + timedelta(seconds=1))

        assert isinstance(found, NotTrusted)
        assert MistrustCode.EXPIRED is found.code

    def test_says_from_where(self) -> None:
        """The person, the chat's type and its other name, and what the link said."""
        expected = Opened(
            Person(700001, "Анна", "К", "client_anna", "ru"),
            SIGNED_AT,
            "supergroup",
            "-4815162342108",
            "c_8Qm2T4xVY0",
        )

        assert expected == reader().open(CLIENT, SIGNED_AT)

    @given(st.text(max_size=200))
    def test_of_any_text_raises_nothing(self, text: str) -> None:
        """Anybody may send anything."""
        assert isinstance(reader().open(text, SIGNED_AT), NotTrusted)

    @given(position=st.integers(0, len(CLIENT) - 1), letter=st.sampled_from("0aZ%&=+-\x00é"))
    def test_with_another_letter_is_another(self, position: int, letter: str) -> None:
        """Wherever it stands, unless it reads the same."""
        bent = CLIENT[:position] + letter + CLIENT[position + 1 :]

        opened = reader().open(bent, SIGNED_AT)

        is_same = dict(parse_qsl(bent, keep_blank_values=True)) == FIELDS
        assert isinstance(opened, Opened if is_same else NotTrusted)


class TestALink:
    def test_opens_the_app_from_any_chat(self) -> None:
        """With what it is told."""
        assert "https://t.me/tramita_demo_bot/pay?startapp=c_8Qm2T4xVY0" == reader().link(
            "c_8Qm2T4xVY0"
        )

    @pytest.mark.parametrize("start", ["", "a b", "a&b=c", "я", "x" * 513])
    def test_takes_nothing_that_telegram_would_not(self, start: str) -> None:
        """It would lead elsewhere, or nowhere."""
        with pytest.raises(StartMalformed):
            reader().link(start)
