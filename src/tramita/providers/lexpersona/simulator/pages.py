"""The page on which documents are signed, in the language of whoever signs."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from tramita.providers.lexpersona.simulator.book import Book
from tramita.providers.lexpersona.simulator.records import Workflow

_FRENCH: Final[Mapping[str, str]] = {
    "title": "Signature simulée",
    "heading": "Documents à signer",
    "for": "Pour",
    "read": "Lire le document",
    "sign": "Signer",
    "refuse": "Refuser de signer",
    "not": "Je ne veux pas signer",
    "sure": "Si vous refusez, le contrat ne sera pas conclu. Ce choix est définitif.",
    "signed": "Signé.",
    "refused": "Refusé.",
    "over": "N’est plus à signer.",
    "nothing": "Il n’y a plus rien à signer.",
    "nowhere": "Ce lien de signature n’existe pas.",
    "back": "Revenir",
    "soft": "Cette page tient lieu de la signature de Lex Persona. C’est une simulation : rien de ce "
    "qui s’y signe n’a de valeur.",
}
_ENGLISH: Final[Mapping[str, str]] = {
    "title": "Simulated signature",
    "heading": "Documents to sign",
    "for": "For",
    "read": "Read the document",
    "sign": "Sign",
    "refuse": "Refuse to sign",
    "not": "I do not want to sign",
    "sure": "If you refuse, the contract is not concluded. There is no way back.",
    "signed": "Signed.",
    "refused": "Refused.",
    "over": "Not to be signed any more.",
    "nothing": "There is nothing left to sign.",
    "nowhere": "There is no such signing link.",
    "back": "Go back",
    "soft": "This page stands in for Lex Persona's. It is a simulation: nothing that is signed here "
    "has any effect.",
}


def consent_page(book: Book, token: str, email: str, workflows: Sequence[Workflow]) -> str:
    """What somebody is to sign, and what has become of it."""
    words, language = _words_of(email, workflows)
    is_open = any(book.can_sign(one, email) for one in workflows)
    lines = "".join(f"<li>{_line(book, one, token, email, words)}</li>" for one in workflows)
    choice = _choice(token, words) if is_open else f"<p>{words['nothing']}</p>"
    return _sheet(
        f"<h1>{words['heading']}</h1><p>{words['for']} {escape(email)}</p><ul>{lines}</ul>{choice}",
        words,
        language,
    )


def nowhere_page() -> str:
    """Where a link leads that nobody has made."""
    return _sheet(f"<h1>{_ENGLISH['nowhere']}</h1>", _ENGLISH, "en")


def _words_of(email: str, workflows: Sequence[Workflow]) -> tuple[Mapping[str, str], str]:
    found = [one for workflow in workflows for step in workflow.steps if (one := step.find(email))]
    is_french = bool(found) and found[0].preferred_locale.startswith("fr")
    return (_FRENCH, "fr") if is_french else (_ENGLISH, "en")


def _line(book: Book, workflow: Workflow, token: str, email: str, words: Mapping[str, str]) -> str:
    where = f"consent/document?requestToken={escape(token)}&workflow={escape(workflow.id)}"
    text = f'{escape(workflow.name)} <a href="{where}">{words["read"]}</a>'
    if book.can_sign(workflow, email):
        return text
    mine = [step for step in workflow.steps if step.find(email)]
    if mine and all(step.is_finished for step in mine):
        state = words["signed"]
    else:
        state = words["refused" if workflow.ended_as == "refused" else "over"]
    return f"{text} <strong>{state}</strong>"


def _choice(token: str, words: Mapping[str, str]) -> str:
    hidden = f'<input type="hidden" name="requestToken" value="{escape(token)}">'
    return (
        f'<form method="post" action="consent/sign">{hidden}<button>{words["sign"]}</button></form>'
        f"<details><summary>{words['not']}</summary><p>{words['sure']}</p>"
        f'<form method="post" action="consent/refuse">{hidden}'
        f'<button class="quiet danger">{words["refuse"]}</button></form></details>'
    )


def _sheet(content: str, words: Mapping[str, str], language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{words["title"]}</title><link rel="stylesheet" href="/panels.css">'
        f'<main class="sheet">{content}'
        f'<p><button class="quiet" type="button" data-back>{words["back"]}</button></p>'
        '<script src="/signing.js" defer></script>'
        f'<p class="soft">{words["soft"]}</p></main></html>'
    )
