"""The kinds of e-mail: each has a name, facts, a subject, and one template for both of its forms.

A template says what the e-mail says, by the parts that ``say`` has (a heading, a paragraph, rows, a
button). The layout of each form makes HTML (by MJML) or plain text of it, so both say the same.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Generic, Protocol, TypeVar

import msgspec
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from mjml import mjml2html
from pydantic_settings import BaseSettings

from tramita.kit.languages.templates import teach_languages
from tramita.kit.languages.words import Words
from tramita.kit.mail.settings import MailSettings
from tramita.kit.settings import Settings

F = TypeVar("F", bound=msgspec.Struct)
S = TypeVar("S", bound=BaseSettings)

_HTML: Final = "mjml"
_TEXT: Final = "txt"
_GAPS: Final = re.compile(r"\n{3,}")


class House(Protocol):
    """Who writes: the installation."""

    @property
    def settings(self) -> Settings: ...

    def configured(self, kind: type[S]) -> S: ...


@dataclass(frozen=True, slots=True)
class Content:
    """An e-mail as its reader gets it, in both forms."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, kw_only=True)
class MailKind(Generic[F]):
    """One kind of e-mail.

    ``package`` has ``templates/<key>.jinja``, which extends ``layout`` and speaks by ``say``.
    ``facts`` are what it is about, as they were when it was written, and ``about`` is what the template
    wants to know besides; ``examples`` are facts by name, for whoever wants to see how it looks.
    """

    key: str
    package: str
    facts: type[F]
    subject: Callable[[Words, F, str], str]
    examples: Mapping[str, F]
    about: Callable[[House, Words, F], Mapping[str, object]]

    def render(self, house: House, words: Words, facts: F) -> Content:
        """The e-mail in these words, from this house."""
        brand = house.configured(MailSettings).brand
        subject = self.subject(words, facts, brand)
        values = {"words": words, "facts": facts, "subject": subject, "brand": brand}
        values |= self.about(house, words, facts)
        html, text = (
            _environment(self.package, form).get_template(f"{self.key}.jinja").render(values)
            for form in (_HTML, _TEXT)
        )
        return Content(subject, mjml2html(html, fonts={}), _tidy(text))


@cache
def _environment(package: str, form: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("tramita.kit.mail")]),
        autoescape=form == _HTML,  # noqa: S701 - a text is no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    teach_languages(environment)
    environment.globals |= {"layout": f"layout.{form}", "parts": f"parts.{form}"}
    return environment


def _tidy(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.splitlines())
    return _GAPS.sub("\n\n", lines).strip() + "\n"
