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
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec

from tramita.kit.outside import UNREADABLE, storable_text

HIDDEN: Final = "•••"

# Deeper structures are somebody's attack or mistake; nobody reads them in a journal.
MAX_DEPTH: Final = 40
MAX_BODY: Final = 128 * 1024
LONGEST_LIST: Final = 24
_LIST_END: Final = 6

# A rule gets how deep its value lies, so that none begins to count anew.
_Rule: TypeAlias = Callable[[object, int], object]


def mask_cpf(cpf: str) -> str:
    """``16514548091`` as ``•••.145.•••-••``; what is not eleven digits is all hidden."""
    digits = _digits(cpf)
    return f"•••.{digits[3:6]}.•••-••" if len(digits) == 11 else HIDDEN


def mask_phone(phone: str) -> str:
    """``11987654321`` or ``+55 (11) 98765-4321`` as ``(11) 9••••-4321``."""
    digits = _digits(phone)
    if len(digits) in (12, 13) and digits.startswith("55"):
        digits = digits[2:]
    if len(digits) not in (10, 11):
        return _last(digits, 4)
    leading = "9••••" if len(digits) == 11 else "••••"
    return f"({digits[:2]}) {leading}-{digits[-4:]}"


def mask_card(number: str) -> str:
    """A card number as ``•••• 1234``."""
    return f"•••• {_digits(number)[-4:]}" if len(_digits(number)) >= 12 else HIDDEN


def mask_device(identifier: str) -> str:
    """An IMEI, EID or ICCID by its last four digits: ``•••3210``."""
    return _last(_digits(identifier), 4)


def mask_token(token: str) -> str:
    """A long token by its first four characters, ``066d•••``; a short one is all hidden."""
    return f"{token[:4]}{HIDDEN}" if len(token) >= 24 else HIDDEN


def mask_name(name: str) -> str:
    """``Maria de Souza`` as ``M••• d••• S•••``."""
    return " ".join(f"{word[0]}{HIDDEN}" for word in name.split())


def mask_email(email: str) -> str:
    """``maria@example.com`` as ``m•••@example.com``."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}{HIDDEN}@{domain}" if at else HIDDEN


def mask_headers(headers: Mapping[str, str]) -> str:
    """Headers as lines ``Name: value`` and one empty line; nothing when there are none."""
    lines = [f"{name}: {value}\n" for name, value in _masked_members(headers, 0).items()]
    return "".join([*lines, "\n"]) if lines else ""


def mask_body(body: bytes) -> str:
    """A request's or answer's body as a masked text, JSON or not, of at most 128 KiB.

    A long list, such as a schedule of eighty instalments, is cut in its middle.
    """
    if len(body) > MAX_BODY:
        kept = mask_text(body[:MAX_BODY].decode(errors="replace"))
        return f"{kept}… ({len(body)} bytes in all)"
    try:
        parsed = msgspec.json.decode(body)
    except UNREADABLE:
        return mask_text(body.decode(errors="replace"))
    return msgspec.json.encode(mask(_abridged(parsed, 0))).decode()


def _abridged(value: object, depth: int) -> object:
    """``value``, changed in place, with only the ends of its long lists.

    They say what all of them hold; most of a large answer needs no further look then.
    """
    if depth >= MAX_DEPTH:
        return HIDDEN if isinstance(value, dict | list) else value
    if isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, dict | list):
                value[key] = _abridged(member, depth + 1)
    elif isinstance(value, list):
        if len(value) > LONGEST_LIST:
            left_out = f"… {len(value) - 2 * _LIST_END} more …"
            value = [*value[:_LIST_END], left_out, *value[-_LIST_END:]]
        return [_abridged(member, depth + 1) for member in value]
    return value


def mask(value: object) -> object:
    """A JSON-like value with personal data and secrets hidden; the original is untouched."""
    return _walk(value, 0)


def mask_text(text: str) -> str:
    """A text with what looks like personal data or a secret hidden.

    Members of broken JSON (``"name": "Mar``) and of forms (``client_secret=…``) are
    hidden by their key, since an answer cut in the middle is a common fault. The text
    can be written down, whatever somebody sent.
    """
    text = storable_text(text)
    if len(text) < _SHORTEST and "@" not in text and "=" not in text:
        return text
    if '"' in text and ":" in text:
        text = _PERSONAL_OBJECT.sub(rf'"\1":"{HIDDEN}"', text)
        text = _MEMBER.sub(_masked_member, text)
    if "=" in text:
        text = _FORM_FIELD.sub(_masked_form_field, text)
    return _SHAPES.sub(_masked_shape, text) if _SUSPECT.search(text) else text


def _walk(value: object, depth: int) -> object:
    if isinstance(value, str):
        return mask_text(value)
    if value is None or isinstance(value, float | bool):
        return value
    if isinstance(value, dict):
        return _masked_members(value, depth) if depth < MAX_DEPTH else HIDDEN
    if isinstance(value, int):
        return _masked_number(value)
    if isinstance(value, Mapping):
        return _masked_members(value, depth) if depth < MAX_DEPTH else HIDDEN
    if isinstance(value, list | tuple):
        return [_walk(member, depth + 1) for member in value] if depth < MAX_DEPTH else HIDDEN
    if isinstance(value, bytes):
        return mask_body(value)
    if isinstance(value, BaseException):
        return mask_text(str(value))
    return value


def _masked_number(number: int) -> object:
    """Hide a CPF or phone that was sent as a number under a key that does not tell."""
    if number < 10**9:
        return number
    masked = mask_text(str(number))
    return number if masked == str(number) else masked


def _masked_members(members: Mapping[Any, object], depth: int) -> dict[object, object]:
    masked: dict[object, object] = {}
    for key, member in members.items():
        # People's numbers are keys too, where somebody sends an object by document.
        name = mask_text(key) if isinstance(key, str) else key
        rule = _rule_for(key) if isinstance(key, str) else None
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
    digits = _digits(text)
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
    return _object_with(number=_on_text(lambda text: _last(_digits(text), 4)))(value, depth)


_NAME: Final = _on_text(mask_name)
_TOKEN: Final = _on_text(mask_token)
_DEVICE: Final = _on_text(mask_device)
_LAST_THREE: Final = _on_text(lambda text: _last(text, 3))
_LAST_TWO: Final = _on_text(lambda text: _last(text, 2))

_EXACT: Final[dict[str, _Rule]] = {
    **dict.fromkeys(("contract_number", "proposal_number", "portability_number", "ispb"), _keep),
    **dict.fromkeys(("cpf", "document_number", "tax_id"), _on_text(_document)),
    **dict.fromkeys(("name", "full_name", "first_name", "last_name", "username"), _NAME),
    "email": _on_text(mask_email),
    **dict.fromkeys(("phone", "phone_number", "mobile", "telephone", "msisdn"), _phone),
    **dict.fromkeys(("birth_date", "birthdate"), _on_text(lambda text: f"{text[:4]}-••-••")),
    **dict.fromkeys(("street", "complement", "postal_code", "zip_code", "cep"), _hide),
    "address": _object_with(number=_hide, neighborhood=_hide),
    "identification": _object_with(number=_LAST_TWO),
    **dict.fromkeys(("document_identification_number", "rg", "passport"), _LAST_TWO),
    "benefit": _object_with(number=_LAST_THREE),
    "benefit_number": _LAST_THREE,
    **dict.fromkeys(("account", "account_number"), _LAST_TWO),
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


@lru_cache(maxsize=4096)
def _rule_for(key: str) -> _Rule | None:
    name = _HUMP.sub("_", key).replace("-", "_").lower()
    if (exact := _EXACT.get(name)) is not None:
        return exact
    return next((rule for ending, rule in _ENDINGS if name.endswith(ending)), None)


# ---- by shape ----------------------------------------------------------------------

# Most texts hold nothing to hide; this cheap look decides whether to look closely.
_SHORTEST: Final = 8
_SUSPECT: Final = re.compile(
    r"\d(?:[\s().-]{0,3}\d){9}|@|eyJ|earer |\.\d{3}-[\dX]|RG|dentidade|(?:19\d|200)\d"
)

# Every repetition is bounded or cannot overlap with its neighbour, so that a hostile
# text costs linear time.
_SHAPES: Final = re.compile(
    r"""
    (?P<token>(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*|[Bb]earer\s[\w.~+/=-]+)
  | (?P<email>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})
  | (?P<cpf>(?<![\d.])\d{3}[.\s]?\d{3}[.\s]?\d{3}[-\s]\d{2}(?!\d)
      | (?<![\d.])\d{3}\.\d{3}\.\d{5}(?!\d))
  | (?P<rg>(?<!\w)(?:RG|[Ii]dentidade)\W{1,3}(?:n\W{1,3})?\d[\d.]{3,11}(?:-?[\dXx])?(?!\w)
      | (?<![\d.])\d{1,2}\.\d{3}\.\d{3}-[\dXx](?![\w-]))
  | (?P<date>(?<![\w/.-])\d{1,2}/\d{1,2}/(?:19\d|200)\d(?![\w/])
      | (?<![\w/.-])\d{2}(?P<_>[.-])\d{2}(?P=_)(?:19\d|200)\d(?![\w-])
      | (?<![\w/.-])(?:19\d|200)\d-\d{2}-\d{2}(?![\d-]))
  | (?P<phone>(?:(?<!\w)\+?55\s?)?\(\d{2}\)\s?9?\d{4}-?\d{4}(?!\d)
      | (?<!\w)\+55\s?\d{2}\s?9?\d{4}-?\d{4}(?!\d)
      | (?<![\w.,/-])0?[1-9]{2}[\s-]9\s?\d{4}[\s-]?\d{4}(?![\w-])
      | (?<![\w.,/-])0?[1-9]{2}[\s-](?!(?:19|20)\d\d-(?:19|20)\d\d)[2-5]\d{3}-\d{4}(?![\w-]))
  | (?P<card>(?<!\d)\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?!\d))
  | (?P<device>(?<!\d)(?:\d{32}|89\d{17,18})(?!\d))
  | (?P<digits>(?<![0-9a-f]{4}-)(?<![\w.,])\d{11,16}(?!\w))
    """,
    re.VERBOSE,
)

_FIRST_DIGIT: Final = re.compile(r"\d")
# All of a date that is not its year.
_YEAR: Final = re.compile(r"(?<!\d)\d{1,2}(?!\d)")

# Objects whose members have ordinary names, as one member of broken JSON.
_PERSONAL_OBJECT: Final = re.compile(
    r'"(phone|phone_number|mobile|telephone|address|identification|benefit)"\s*:\s*\{[^{}]*\}?'
)
_MEMBER: Final = re.compile(r'"([A-Za-z_-]{2,40})"\s*:\s*("(?:[^"\\]|\\.)*"?|[\d.]+)')
_FORM_FIELD: Final = re.compile(r"(?<![\w-])([A-Za-z_-]{2,40})=([^&\s\"]+)")


def _masked_shape(found: re.Match[str]) -> str:
    text = found[0]
    match found.lastgroup:
        case "token":
            return HIDDEN
        case "email":
            return mask_email(text)
        case "cpf":
            # Without dots it may be a number of any kind with a check digit or two.
            return mask_cpf(text) if "." in text or _is_cpf(_digits(text)) else text
        case "rg":
            return _masked_rg(text)
        case "date":
            # Who takes a loan or a line was born before; later dates are due dates and events.
            return _YEAR.sub("••", text)
        case "phone":
            return mask_phone(text.removeprefix("0"))
        case "card":
            return mask_card(text)
        case "device":
            return mask_device(text)
        case _:
            return _masked_digits(text)


def _masked_rg(text: str) -> str:
    found = _FIRST_DIGIT.search(text)
    start = found.start() if found else 0
    return f"{text[:start]}{HIDDEN}{text[-2:]}"


def _masked_digits(digits: str) -> str:
    """Hide eleven digits that are a CPF or a mobile, phones with 55, and what passes Luhn.

    Other long numbers are contract or settlement numbers, which a reader of the
    journal needs.
    """
    if len(digits) == 11 and _is_cpf(digits):
        return mask_cpf(digits)
    is_international = len(digits) in (12, 13) and digits[:2] == "55"
    if is_international or (len(digits) == 11 and digits[2] == "9"):
        return mask_phone(digits)
    return mask_card(digits) if len(digits) >= 14 and _passes_luhn(digits) else digits


def _masked_member(found: re.Match[str]) -> str:
    return f'"{found[1]}":"{HIDDEN}"' if _is_hidden_key(found[1]) else found[0]


def _masked_form_field(found: re.Match[str]) -> str:
    return f"{found[1]}={HIDDEN}" if _is_hidden_key(found[1]) else found[0]


def _is_hidden_key(key: str) -> bool:
    return _rule_for(key) not in (None, _keep)


def _is_cpf(digits: str) -> bool:
    for length in (9, 10):
        weighted = sum(int(digits[i]) * (length + 1 - i) for i in range(length))
        if weighted * 10 % 11 % 10 != int(digits[length]):
            return False
    return True


def _passes_luhn(digits: str) -> bool:
    doubled = (divmod(2 * int(digit), 10) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(map(sum, doubled))) % 10 == 0


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _last(text: str, count: int) -> str:
    return f"{HIDDEN}{text[-count:]}" if len(text) > count else HIDDEN
