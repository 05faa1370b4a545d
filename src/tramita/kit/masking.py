"""The one place that hides personal data and secrets.

Everything that leaves the tables for a person's eyes or a file goes through here:
logs, the exchange journal, error messages, pages. Two ways of knowing what to hide
work together: the name of a key (``mother_name``, ``API-CLIENT-KEY``) and the shape
of a text (a CPF, a phone, a card, a signed token), because vendors also quote a CPF
in the middle of an error message.

Masking is one-way and loses the type: a masked number comes back as a text. It is total:
whatever the value, however deep, it comes back masked, and nothing is raised.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec

from tramita.kit.masking_shapes import (
    HIDDEN,
    SHORTEST,
    digits_of,
    last_of,
    mask_card,
    mask_cpf,
    mask_device,
    mask_email,
    mask_name,
    mask_phone,
    mask_shapes,
    mask_token,
)
from tramita.kit.outside import UNREADABLE, storable_text

# Deeper structures are somebody's attack or mistake; nobody reads them in a journal.
MAX_DEPTH: Final = 40
MAX_BODY: Final = 128 * 1024
LONGEST_LIST: Final = 24
_LIST_END: Final = 6
# How PDFs, ZIPs and pictures begin.
_FILES: Final = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff")
_PLAIN: Final = (float, bool, type(None))
_CONTAINERS: Final = (dict, list, tuple, Mapping)

# A rule gets how deep its value lies, so that none begins to count anew.
_Rule: TypeAlias = Callable[[object, int], object]


def mask_headers(headers: Mapping[str, str]) -> str:
    """Headers as lines ``Name: value`` and one empty line; nothing when there are none."""
    lines = [f"{name}: {value}\n" for name, value in _masked_members(headers, 0).items()]
    return "".join([*lines, "\n"]) if lines else ""


def mask_body(body: bytes, *, words: Collection[str] = ()) -> str:
    """A request's or answer's body as a masked text, JSON or not, of at most 128 KiB.

    Of a document or a picture only the size is said: a contract names who signs it. ``words`` are
    members, wherever they are, that hold what somebody said; of them nothing is shown.
    """
    if body.startswith(_FILES):
        return f"({len(body)} bytes of a file)"
    if len(body) > MAX_BODY:
        kept = _without(mask_text(body[:MAX_BODY].decode(errors="replace")), words)
        return f"{kept}… ({len(body)} bytes in all)"
    try:
        parsed = msgspec.json.decode(body)
    except UNREADABLE:
        return _without(mask_text(body.decode(errors="replace")), words)
    return msgspec.json.encode(mask(_emptied(parsed, words) if words else parsed)).decode()


def _emptied(value: object, words: Collection[str], depth: int = 0) -> object:
    """JSON whose ``words`` say nothing; deeper than anybody reads it is left alone."""
    if depth >= MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return {
            name: HIDDEN if name in words and one else _emptied(one, words, depth + 1)
            for name, one in value.items()
        }
    return [_emptied(one, words, depth + 1) for one in value] if isinstance(value, list) else value


def _without(text: str, words: Collection[str]) -> str:
    """The same of what is no JSON as a whole."""
    return _MEMBER.sub(
        lambda found: f'"{found[1]}":"{HIDDEN}"' if found[1] in words else found[0], text
    )


def mask(value: object) -> object:
    """A JSON-like value with personal data and secrets hidden; the original is untouched.

    A long list, such as a schedule of eighty instalments, is cut in its middle.
    """
    return _walk(value, 0)


def mask_text(text: str) -> str:
    """A text with what looks like personal data or a secret hidden.

    Members of broken JSON (``"name": "Mar``), elements of XML (``<name>Mar``) and of forms
    (``client_secret=…``) are hidden by their key, since an answer cut in the middle is a common fault. The text
    can be written down, whatever somebody sent.
    """
    text = storable_text(text)
    if len(text) < SHORTEST and "@" not in text and "=" not in text:
        return text
    if '"' in text and ":" in text:
        text = _PERSONAL_OBJECT.sub(rf'"\1":"{HIDDEN}"', text)
        text = _MEMBER.sub(_masked_member, text)
    if "<" in text and ">" in text:
        text = _ELEMENT.sub(_masked_element, text)
    if "=" in text:
        text = _FORM_FIELD.sub(_masked_form_field, text)
    return mask_shapes(text)


def _walk(value: object, depth: int) -> object:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, int):
        return _masked_number(value)
    if isinstance(value, _CONTAINERS):
        if depth >= MAX_DEPTH:
            return HIDDEN
        if not isinstance(value, Mapping):
            return [_walk(member, depth + 1) for member in _ends_of(value)]
        return _masked_members(value, depth)
    if isinstance(value, bytes):
        return mask_body(value)
    if isinstance(value, BaseException):
        return mask_text(str(value))
    return value


def _ends_of(members: Sequence[object]) -> Sequence[object]:
    """A list, or only its ends: they say what all of it holds."""
    if len(members) <= LONGEST_LIST:
        return members
    left_out = f"… {len(members) - 2 * _LIST_END} more …"
    return [*members[:_LIST_END], left_out, *members[-_LIST_END:]]


def _masked_number(number: int) -> object:
    """Hide a CPF or phone that was sent as a number under a key that does not tell."""
    if number < 10**9:
        return number
    masked = mask_text(str(number))
    return number if masked == str(number) else masked


def _masked_members(members: Mapping[Any, object], depth: int) -> dict[object, object]:
    masked: dict[object, object] = {}
    for key, member in members.items():
        name, rule = _look_at(key) if isinstance(key, str) else (key, None)
        if rule is not None:
            masked[name] = _ruled(rule, member, depth + 1)
        else:
            # A schedule has hundreds of amounts; they need not be walked into.
            masked[name] = member if type(member) is float else _walk(member, depth + 1)
    return masked


def _ruled(rule: _Rule, value: object, depth: int) -> object:
    return value if value is None or isinstance(value, bool) else rule(value, depth)


# ---- by key ------------------------------------------------------------------------


def _on_text(masked: Callable[[str], str]) -> _Rule:
    def rule(value: object, _: int) -> object:
        # A container under a personal key has an unknown layout: nothing of it is shown.
        if isinstance(value, Mapping | list | tuple):
            return HIDDEN
        return masked(storable_text(str(value)))

    return rule


def _hide(_value: object, _depth: int) -> object:
    return HIDDEN


def _keep(value: object, depth: int) -> object:
    if isinstance(value, str):
        return storable_text(value)
    return value if isinstance(value, int | float) else _walk(value, depth)


def _document(text: str) -> str:
    digits = digits_of(text)
    # A company's number (CNPJ, 14 characters) is public.
    return text if len(digits) > 11 else mask_cpf(text)


def _link(text: str) -> str:
    # A signing link is itself the key to sign: only its host is shown.
    found = re.match(r"[a-z]+://[^/?#@]+", text)
    return f"{found[0]}/{HIDDEN}" if found else HIDDEN


def _object_with(**rules: _Rule) -> _Rule:
    """The rule of an object in which ordinary key names (``number``) are personal."""

    def rule(value: object, depth: int) -> object:
        if not isinstance(value, Mapping) or depth >= MAX_DEPTH:
            return HIDDEN
        # Its own containers have an unknown layout: nothing of them is shown.
        masked = _masked_members(value, MAX_DEPTH - 1)
        for key in rules.keys() & value.keys():
            masked[key] = _ruled(rules[key], value[key], MAX_DEPTH)
        return masked

    return rule


def _phone(value: object, depth: int) -> object:
    if not isinstance(value, Mapping):
        return _on_text(mask_phone)(value, depth)
    return _object_with(number=_on_text(lambda text: last_of(digits_of(text), 4)))(value, depth)


_NAME: Final = _on_text(mask_name)
_TOKEN: Final = _on_text(mask_token)
_DEVICE: Final = _on_text(mask_device)
_LAST_THREE: Final = _on_text(lambda text: last_of(text, 3))
_LAST_TWO: Final = _on_text(lambda text: last_of(text, 2))

_EXACT: Final[dict[str, _Rule]] = {
    **dict.fromkeys(("contract_number", "proposal_number", "portability_number", "ispb"), _keep),
    **dict.fromkeys(("cpf", "document_number", "tax_id"), _on_text(_document)),
    **dict.fromkeys(("name", "full_name", "first_name", "last_name", "username"), _NAME),
    **dict.fromkeys(("chat_title", "agent_name", "operator"), _NAME),
    # Those of a sole trader, or of whoever is paid, are a person's.
    **dict.fromkeys(("inn", "ogrn", "local_id"), _LAST_THREE),
    "file_name": _NAME,
    # Where objects of an ERP are called in Russian.
    **dict.fromkeys(("плательщик", "получатель", "чат", "агент"), _NAME),
    "иннплательщика": _LAST_THREE,
    **dict.fromkeys(("данныезаявки", "файлы", "причинаотмены", "комментарийоплаты"), _hide),
    "примечание": _hide,
    **dict.fromkeys(("contact", "note", "comment"), _hide),  # in somebody's own words
    "email": _on_text(mask_email),
    **dict.fromkeys(("phone", "phone_number", "mobile", "telephone", "msisdn"), _phone),
    **dict.fromkeys(("birth_date", "birthdate"), _on_text(lambda text: f"{text[:4]}-••-••")),
    **dict.fromkeys(("street", "complement", "postal_code", "zip_code", "cep"), _hide),
    "address": _object_with(number=_hide, neighborhood=_hide),
    "identification": _object_with(number=_LAST_TWO),
    **dict.fromkeys(("document_identification_number", "rg", "passport"), _LAST_TWO),
    "benefit": _object_with(number=_LAST_THREE),
    "benefit_number": _LAST_THREE,
    **dict.fromkeys(("account", "account_number", "iban"), _LAST_TWO),
    **dict.fromkeys(("digit", "account_digit", "pix_key"), _hide),
    **dict.fromkeys(("card_number", "pan"), _on_text(mask_card)),
    **dict.fromkeys(("cvv", "cvc", "security_code", "otp", "pin"), _hide),
    **dict.fromkeys(
        ("imei", "imei_sv", "imeisv", "tac", "eid", "iccid", "imsi", "serial_number"), _DEVICE
    ),
    **dict.fromkeys(("cookie", "set_cookie", "signature", "encoded_body", "init_data"), _hide),
    **dict.fromkeys(("url", "link"), _on_text(_link)),
}

_ENDINGS: Final[tuple[tuple[str, _Rule], ...]] = (
    ("authorization", _hide),
    ("password", _hide),
    ("secret", _hide),
    ("api_key", _hide),
    ("client_key", _hide),
    ("private_key", _hide),
    ("token", _TOKEN),
    ("contract_number", _keep),
    ("document_number", _on_text(_document)),
    ("cpf", _on_text(_document)),
    ("mother_name", _NAME),
    ("father_name", _NAME),
    ("customer_name", _NAME),
    ("holder_name", _NAME),
    ("email", _on_text(mask_email)),
    ("phone", _phone),
    ("msisdn", _phone),
    ("imei", _DEVICE),
    ("_url", _on_text(_link)),
    ("_link", _on_text(_link)),
)

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _rule_for(key: str) -> _Rule | None:
    name = _HUMP.sub("_", key).replace("-", "_").lower()
    if (exact := _EXACT.get(name)) is not None:
        return exact
    return next((rule for ending, rule in _ENDINGS if name.endswith(ending)), None)


def _shown_key(key: str) -> tuple[str, _Rule | None]:
    """A key as it may be shown, and the rule for its value.

    People's numbers are keys too, where somebody sends an object by document.
    """
    return mask_text(key), _rule_for(key)


# Keys come from outside: what is remembered of them is bounded, in number and in size.
_remembered_key: Final = lru_cache(maxsize=4096)(_shown_key)
_LONGEST_REMEMBERED: Final = 64


def _look_at(key: str) -> tuple[str, _Rule | None]:
    return _remembered_key(key) if len(key) <= _LONGEST_REMEMBERED else _shown_key(key)


# Objects whose members have ordinary names, as one member of broken JSON.
_PERSONAL_OBJECT: Final = re.compile(
    r'"(phone|phone_number|mobile|telephone|address|identification|benefit)"\s*:\s*\{[^{}]*\}?'
)
_MEMBER: Final = re.compile(r'"([\w-]{2,40})"\s*:\s*("(?:[^"\\]|\\.)*"?|[\d.]+)')
# An element of XML that holds a text, with its namespace or without.
_ELEMENT: Final = re.compile(r"<((?:\w{1,20}:)?([\w-]{2,40}))((?:\s[^<>]*)?)>([^<>]+)(?=<|$)")
_FORM_FIELD: Final = re.compile(r"(?<![\w-])([A-Za-z_-]{2,40})=([^&\s\"]+)")


def _masked_member(found: re.Match[str]) -> str:
    return f'"{found[1]}":"{HIDDEN}"' if _is_hidden_key(found[1]) else found[0]


def _masked_element(found: re.Match[str]) -> str:
    is_hidden = _is_hidden_key(found[2])
    return f"<{found[1]}{found[3]}>{HIDDEN}" if is_hidden else found[0]


def _masked_form_field(found: re.Match[str]) -> str:
    return f"{found[1]}={HIDDEN}" if _is_hidden_key(found[1]) else found[0]


def _is_hidden_key(key: str) -> bool:
    return _look_at(key)[1] not in (None, _keep)
