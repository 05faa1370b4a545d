"""Whether a device takes an eSIM, from what is known of it. Pure.

Evidence comes first: an EID is the number of an eSIM's chip, so who has one has the chip;
otherwise a TAC or a model's id leads to what the list says of the model. Then the operator's
word, given just now or, where it has none or is out of reach, by the last list: it decides
wherever it disagrees, because an eSIM also needs an operator who supports it. Whoever is
silent proves nothing: no device is incompatible because a list does not know it.

Models of one commercial name differ by region. They are told apart by id, code and TAC, never
by name; where one TAC leads to models that differ, nothing is known.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tramita.kit.errors import FieldError, InvalidError
from tramita.numbering.devices.identifiers import check_eid, check_imei, check_tac, tac_of
from tramita.numbering.devices.ports import (
    ESIM,
    AskedBy,
    AskedDevice,
    OperatorVerdict,
    Verdict,
)


class Evidence(StrEnum):
    """What a verdict rests on."""

    EID = "EID"
    TAC = "TAC"
    MODEL = "MODEL"
    OPERATOR = "OPERATOR"


class Source(StrEnum):
    """Who said so: the operator asked just now, its last list, or the device's own number."""

    GSIM = "GSIM"
    CATALOG = "CATALOG"
    DEVICE = "DEVICE"


class Reason(StrEnum):
    """What led to a verdict, in the order in which it was looked at."""

    EID_VALID = "EID_VALID"
    LISTED_WITH_ESIM = "LISTED_WITH_ESIM"
    LISTED_WITHOUT_ESIM = "LISTED_WITHOUT_ESIM"
    LISTED_AS_UNKNOWN = "LISTED_AS_UNKNOWN"
    VARIANTS_DIFFER = "VARIANTS_DIFFER"
    NOT_LISTED = "NOT_LISTED"
    NO_LIST = "NO_LIST"
    OPERATOR_SAYS_YES = "OPERATOR_SAYS_YES"
    OPERATOR_SAYS_NO = "OPERATOR_SAYS_NO"
    OPERATOR_SILENT = "OPERATOR_SILENT"
    OPERATOR_UNREACHABLE = "OPERATOR_UNREACHABLE"
    OPERATOR_DISAGREES = "OPERATOR_DISAGREES"


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a caller names it, its numbers checked. An IMEI counts by its TAC."""

    eid: str | None = None
    tac: str | None = None
    model_id: str | None = None

    def questions(self) -> list[AskedDevice]:
        """What the operator may be asked, in order; the model first, since it has a list of them."""
        named = {AskedBy.TAC: self.tac, AskedBy.MODEL: self.model_id, AskedBy.EID: self.eid}
        return [AskedDevice(by, value) for by, value in named.items() if value is not None]


@dataclass(frozen=True, slots=True)
class Listed:
    """What the last list says of every model that a device may be; empty where it is silent.

    ``as_of`` is ``None`` where there is no list. ``now`` is when it was looked up.
    """

    by_tac: frozenset[ESIM]
    by_model: frozenset[ESIM]
    as_of: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Judgment:
    """A verdict and what it rests on. ``as_of`` is when the source said so."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    evidence: Evidence | None
    source: Source | None
    as_of: datetime | None


_OF_LIST: Final = {
    frozenset({ESIM.YES}): (Verdict.COMPATIBLE, Reason.LISTED_WITH_ESIM),
    frozenset({ESIM.NO}): (Verdict.NOT_COMPATIBLE, Reason.LISTED_WITHOUT_ESIM),
    frozenset({ESIM.UNKNOWN}): (Verdict.UNKNOWN, Reason.LISTED_AS_UNKNOWN),
    frozenset[ESIM](): (Verdict.UNKNOWN, Reason.NOT_LISTED),
}
_OF_OPERATOR: Final = {
    Verdict.COMPATIBLE: Reason.OPERATOR_SAYS_YES,
    Verdict.NOT_COMPATIBLE: Reason.OPERATOR_SAYS_NO,
    Verdict.UNKNOWN: Reason.OPERATOR_SILENT,
}


@dataclass(frozen=True, slots=True)
class _Finding:
    verdict: Verdict
    evidence: Evidence
    reason: Reason


def read_device(
    *, eid: str | None, imei: str | None, tac: str | None, model_id: str | None
) -> Device:
    """A device as it was named. Raises ``InvalidError`` with everything that is wrong."""
    if (eid, imei, tac, model_id) == (None,) * 4:
        sentence = "Name the device by its eid, imei, tac or model_id"
        raise InvalidError([FieldError("body", "missing", sentence)])
    named = ((eid, check_eid), (imei, check_imei), (tac, check_tac))
    found = [None if text is None else check(text) for text, check in named]
    errors = [one for one in found if isinstance(one, FieldError)]
    sound_eid, sound_imei, sound_tac = (one if isinstance(one, str) else None for one in found)
    if sound_imei and sound_tac and tac_of(sound_imei) != sound_tac:
        sentence = "This is not the TAC of the IMEI, which are its first eight digits"
        errors.append(FieldError("tac", "other_tac", sentence))
    if errors:
        raise InvalidError(errors)
    return Device(sound_eid, sound_tac or (sound_imei and tac_of(sound_imei)), model_id)


def judge(device: Device, listed: Listed, operator: OperatorVerdict | None) -> Judgment:
    """The verdict; ``operator`` is ``None`` when it could not be asked."""
    by_list = _find_in(listed, device)
    by_eid = _Finding(Verdict.COMPATIBLE, Evidence.EID, Reason.EID_VALID) if device.eid else None
    own = by_eid or by_list
    reasons = [one.reason for one in (by_eid, by_list) if one is not None]
    reasons.append(_OF_OPERATOR[operator.verdict] if operator else Reason.OPERATOR_UNREACHABLE)
    word, source, as_of = _operators_word(listed, by_list, operator)
    if word is Verdict.UNKNOWN:
        if by_eid:
            return Judgment(by_eid.verdict, tuple(reasons), Evidence.EID, Source.DEVICE, None)
        return Judgment(word, tuple(reasons), None, source, as_of)
    if own is not None and own.verdict is word:
        return Judgment(word, tuple(reasons), own.evidence, source, as_of)
    if own is not None and own.verdict is not Verdict.UNKNOWN:
        reasons.append(Reason.OPERATOR_DISAGREES)
    return Judgment(word, tuple(reasons), Evidence.OPERATOR, source, as_of)


def _find_in(listed: Listed, device: Device) -> _Finding | None:
    """What the list says of the device's model; ``None`` when no model was named."""
    if device.tac is None and device.model_id is None:
        return None
    is_by_tac = bool(listed.by_tac) or device.model_id is None
    evidence = Evidence.TAC if is_by_tac else Evidence.MODEL
    if listed.as_of is None:
        return _Finding(Verdict.UNKNOWN, evidence, Reason.NO_LIST)
    said: AbstractSet[ESIM] = listed.by_tac if is_by_tac else listed.by_model
    verdict, reason = _OF_LIST.get(frozenset(said), (Verdict.UNKNOWN, Reason.VARIANTS_DIFFER))
    return _Finding(verdict, evidence, reason)


def _operators_word(
    listed: Listed, by_list: _Finding | None, operator: OperatorVerdict | None
) -> tuple[Verdict, Source | None, datetime | None]:
    """What the operator says: just now if it says anything, else by its last list."""
    if operator is not None and operator.verdict is not Verdict.UNKNOWN:
        return operator.verdict, Source.GSIM, listed.now
    if by_list is not None and by_list.verdict is not Verdict.UNKNOWN:
        return by_list.verdict, Source.CATALOG, listed.as_of
    if operator is not None:
        return Verdict.UNKNOWN, Source.GSIM, listed.now
    return Verdict.UNKNOWN, Source.CATALOG if listed.as_of else None, listed.as_of
