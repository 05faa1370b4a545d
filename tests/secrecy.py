"""What must never be read in a log, a journal or a message: looked for by shape and by example.

The values are those of ``examples/envelope.json``, as they are and as vendors spell them.
"""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any, Final

from tramita.contracts.model import EVENT_CAUSE, EVENT_DETAILS
from tramita.kit.database.engine import Database
from tramita.kit.encryption.keys import Keyring
from tramita.kit.transitions import NOTE
from tramita.kit.webhooks.channel import BODY

_CUSTOMER: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "examples" / "envelope.json").read_text()
)["customer"]

_IMEIS: Final = ("353879234252633", "490154203237518", "356938035643809", "352099001761481")


def _digits(number: str, *, before: str = r"(?<!\d)") -> str:
    """A pattern of these digits, with whatever punctuation between them."""
    return before + r"[.\-/ ]?".join(re.sub(r"\D", "", number)) + r"(?!\d)"


def _patterns() -> dict[str, str]:
    phone, account = _CUSTOMER["phone"], _CUSTOMER["bank_account"]
    bank = rf'"(?:account|account_number)"\s*:\s*"?{account["account"]}'
    return {
        "CPF": _digits(_CUSTOMER["cpf"]),
        # After whatever codes of country and area.
        "phone": _digits(phone["number"], before=""),
        # Any mobile number in full, as numbering writes it.
        "msisdn": r"(?<!\d)55[1-9]{2}9\d{8}(?!\d)",
        "account": rf"{bank}|{account['branch']}[ /-]{account['account']}",
        "benefit": _digits(_CUSTOMER["benefit"]["number"]),
        "identity": _digits(_CUSTOMER["identification"]["number"]),
        "name": "|".join(re.escape(_CUSTOMER[name]) for name in ("name", "mother_name")),
        "email": re.escape(_CUSTOMER["email"]),
        # An EID has 32 digits, an ICCID 19 or 20 from 89 on; the IMEIs are those of all examples.
        "EID": r"(?<!\d)\d{32}(?!\d)",
        "ICCID": r"(?<!\d)89\d{17,18}(?!\d)",
        "IMEI": "|".join(map(_digits, _IMEIS)),
        "JWT": r"eyJ[\w-]{8,}\.",
        "service_token": r"tramita_[\w-]{43}",
        "cookie": r"tramita_[a-z]+=[\w-]{16,}",
        "webhook_secret": r"whsec_[A-Za-z0-9+/]{32,}",
        "bot_token": r"(?<!\d)\d{6,12}:[A-Za-z][\w-]{22,}",
        # What a Mini App is opened with, as it is and inside of an address.
        "init_data": r"(?<![a-z])hash(?:=|%3D)[0-9a-f]{64}",
        "password": r"\b(?:telegram|onec)-demonstration-\w+|\bBasic [A-Za-z0-9+/]{12,}",
    }


_SECRET: Final = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _patterns().items())
)
# Partners are told an envelope's address; a log is for people who must not open it.
_ENVELOPE: Final = re.compile(
    r"(?P<envelope>/(?:ws|formalizacao|detalhe-formalizacao|envelopes)/[0-9a-f]{8}-?[0-9a-f]{4})"
)
# As what it is encrypted.
_PLACES: Final = {
    "notes": NOTE,
    "causes": EVENT_CAUSE,
    "contract_events": EVENT_DETAILS,
    "webhook_events": BODY,
}
_ENCRYPTED: Final = re.compile(r"enc1:[A-Za-z0-9+/=]+")
# Ids of events are of many digits, which are a number of somebody's by chance now and then.
_OF_OURS: Final = re.compile(r"\bevt_[0-9a-f]{32}\b")
_AROUND: Final = 60

# Where Tramita writes what a person may read, beside the envelopes themselves.
_READ_BY_PEOPLE: Final = """
    SELECT 'exchanges' AS place, concat_ws(E'\\n', path, request, answer, error) AS text
    FROM exchanges
    UNION ALL SELECT 'history', cause FROM history WHERE cause IS NOT NULL
    UNION ALL SELECT 'notes', note FROM history WHERE note IS NOT NULL
    UNION ALL SELECT 'operations', concat_ws(E'\\n', key, reason) FROM operations
    UNION ALL SELECT 'proposal_events', concat_ws(E'\\n', said, details::text) FROM proposal_events
    UNION ALL SELECT 'unwanted_proposals', reason FROM unwanted_proposals
    UNION ALL SELECT 'reasons', concat_ws(E'\\n', reasons::text, conflict) FROM envelope_contracts
    UNION ALL SELECT 'causes', cause FROM contract_events WHERE cause IS NOT NULL
    UNION ALL SELECT 'contract_events', details::text FROM contract_events
    UNION ALL SELECT 'webhook_events', body FROM webhook_events
    UNION ALL SELECT 'webhook_attempts', concat_ws(E'\\n', error, answer) FROM webhook_attempts
"""


def leaks_in(text: str) -> list[str]:
    """Whatever of a person, and whatever secret, stands in ``text``, with its surroundings."""
    return _found_in(text, _SECRET)


def leaks_in_log(text: str) -> list[str]:
    """The same in what a process writes, where no address of an envelope may stand either."""
    return [*_found_in(text, _SECRET), *_found_in(text, _ENVELOPE)]


def _found_in(text: str, pattern: re.Pattern[str]) -> list[str]:
    text = _OF_OURS.sub("evt_", text)
    return [
        f"{found.lastgroup}: …{text[max(found.start() - _AROUND, 0) : found.end() + _AROUND]}…"
        for found in pattern.finditer(text)
    ]


async def leaks_in_tables(database: Database) -> list[str]:
    """The same, in every column that is there to be read."""
    async with database.unit_of_work(actor="test") as work:
        rows = await work.fetch(_READ_BY_PEOPLE)
    return [
        f"{row['place']} {leak}"
        for row in rows
        for leak in leaks_in(
            _ENCRYPTED.sub(partial(_read, database.keys, row["place"]), row["text"])
        )
    ]


def _read(keys: Keyring, place: str, found: re.Match[str]) -> str:
    """What somebody reads who may: timelines and events are decrypted for them."""
    return keys.decrypt(found[0], _PLACES[place])
