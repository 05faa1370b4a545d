"""What is said in a language, and how it writes amounts, dates and times."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from jinja2 import Environment, StrictUndefined

from tramita.kit.languages.filled import Filled, told
from tramita.kit.languages.templates import teach_languages
from tramita.kit.languages.words import words_in
from tramita.kit.money import Money

PRICE = Money(Decimal("1234.50"), "EUR")
NOON = datetime(2027, 1, 31, 12, 5, tzinfo=UTC)
NARROW, FIXED = "\u202f", "\u00a0"


class TestWords:
    @pytest.mark.parametrize(
        ("tag", "money", "day", "time"),
        [
            ("en", "€1,234.50", "January 31, 2027", f"1:05{NARROW}PM"),
            ("en-GB", "€1,234.50", "31 January 2027", "13:05"),
            ("fr", f"1{NARROW}234,50{FIXED}€", "31 janvier 2027", "13:05"),
        ],
    )
    def test_write_as_their_readers_do(self, tag: str, money: str, day: str, time: str) -> None:
        """Amounts, days and times are written by the reader's language and country, in their zone."""
        words = words_in(tag, "Europe/Paris")

        assert (money, day, time) == (
            words.money(PRICE),
            words.date(date(2027, 1, 31)),
            words.time(NOON),
        )

    @pytest.mark.parametrize(
        ("tag", "currency", "money"),
        [
            ("en", "RUB", f"RUB{FIXED}1,234.50"),
            ("en", "CNY", "CN¥1,234.50"),
            ("pt-BR", "RUB", f"RUB{FIXED}1.234,50"),
            ("ru", "CHF", f"1{FIXED}234,50{FIXED}CHF"),
        ],
    )
    def test_have_a_space_between_letters_and_digits(
        self, tag: str, currency: str, money: str
    ) -> None:
        """A currency without a sign of its own does not stick to its amount."""
        assert money == words_in(tag).money(Money(PRICE.amount, currency))

    def test_tell_a_moments_day_in_the_readers_zone(self) -> None:
        """Late in the evening it is tomorrow somewhere else."""
        late = datetime(2027, 1, 31, 23, 30, tzinfo=UTC)

        assert "1 février 2027" == words_in("fr", "Europe/Paris").date(late)

    def test_of_a_language_that_is_not_spoken_are_english(self) -> None:
        """Whoever speaks something else reads English."""
        assert "en" == words_in("de-AT").language

    def test_say_the_source_text_where_there_is_no_catalogue(self) -> None:
        """A text that nobody translated is said as it is written, its values filled in."""
        words = words_in("fr")

        assert "100 % of nothing" == words.gettext("%(n)s %% of nothing", n=100)
        assert "3 otters" == words.ngettext("%(num)s otter", "%(num)s otters", 3)
        assert "Bear" == words.pgettext("animal", "Bear")


class TestFigures:
    @pytest.mark.parametrize(
        ("tag", "decimal", "share", "moment"),
        [
            ("en", "1,234.5", "2.5 %", "Jan 31, 13:05"),
            ("pt", "1.234,5", "2,5 %", "31 de jan. 13:05"),
            ("ru", "1\u00a0234,5", "2,5 %", "31 янв., 13:05"),
        ],
    )
    def test_are_written_as_their_readers_do(
        self, tag: str, decimal: str, share: str, moment: str
    ) -> None:
        """Parts of a number, parts of a whole, and a moment of the last days."""
        words = words_in(tag, "Europe/Paris")

        assert (decimal, share, moment) == (
            words.decimal(1234.46),
            words.share(0.025),
            words.moment_of_week(NOON),
        )


class TestAMomentInASentence:
    def test_is_told_in_its_readers_zone(self) -> None:
        """And in UTC where nobody reads it on a page."""
        said = Filled.of("{who} has it since {since}.", who="Ana", since=NOON)

        assert "Ana has it since 2027-01-31 12:05 UTC." == said
        assert "13:05" in words_in("pt", "Europe/Paris").translated(said)


class TestAnAmountInASentence:
    def test_is_written_as_its_reader_does(self) -> None:
        """By itself, within a sentence, and within one that stands in another."""
        of_paper = Filled.of("{amount} of {what}", amount=PRICE, what="paper")

        assert ("1234.50 EUR", "1234.50 EUR of paper") == (told(PRICE), of_paper)
        words = words_in("fr")
        assert f"1{NARROW}234,50{FIXED}€" == words.translated(told(PRICE))
        nested = Filled.of("{all}!", all=of_paper)
        assert f"1{NARROW}234,50{FIXED}€ of paper!" == words.translated(nested)


class TestTemplates:
    def test_speak_the_language_that_they_are_rendered_with(self) -> None:
        """One environment serves everybody; what is filled in is escaped."""
        environment = Environment(autoescape=True, undefined=StrictUndefined)
        teach_languages(environment)
        template = environment.from_string(
            "{% trans name=name %}  Dear\n {{ name }}{% endtrans %}: {{ price|money }}, "
            "{{ at|date }}, {{ at|time }}, {{ at|moment('short') }}"
            "{% trans n=3 %}, {{ n }} day{% pluralize %}, {{ n }} days{% endtrans %}"
        )

        said = template.render(
            words=words_in("fr", "Europe/Paris"), name="<Ana>", price=PRICE, at=NOON
        )

        assert (
            f"Dear &lt;Ana&gt;: 1{NARROW}234,50{FIXED}€, 31 janvier 2027, 13:05, "
            "31/01/2027 13:05, 3 days"
        ) == said
