"""Whether a device can take an eSIM, as far as GSIM's list goes."""

import msgspec

from tramita.providers.gsim.simulator.catalog import Catalog
from tramita.providers.gsim.simulator.digits import is_eid, is_imei, is_tac
from tramita.providers.gsim.simulator.errors import (
    BAD_EID,
    BAD_IMEI,
    BAD_REQUEST,
    UNKNOWN_MODEL,
)
from tramita.simulation.front.asking import Refused

# What the list says of a model, and what follows from it.
_VERDICTS = {
    "YES": ("COMPATIBLE", "MODEL_HAS_ESIM"),
    "NO": ("NOT_COMPATIBLE", "MODEL_WITHOUT_ESIM"),
    "UNKNOWN": ("UNKNOWN", "MODEL_NOT_CLASSIFIED"),
}


class Question(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of ``POST /esim/compatibility``: one of the four."""

    model_id: str | None = None
    tac: str | None = None
    imei: str | None = None
    eid: str | None = None


def check(catalog: Catalog, question: Question) -> dict[str, object]:
    """The verdict; raise ``Refused`` for digits that cannot be and for unknown models.

    Whoever has an EID has an eSIM chip, whatever the list says of the model.
    """
    match question:
        case Question(model_id=str(model_id), tac=None, imei=None, eid=None):
            verdict, reason = _of_model(catalog, model_id)
        case Question(model_id=None, tac=str(tac), imei=None, eid=None):
            if not is_tac(tac):
                raise Refused(BAD_IMEI, "A TAC has eight digits.")
            verdict, reason = _of_model(catalog, tac)
        case Question(model_id=None, tac=None, imei=str(imei), eid=None):
            if not is_imei(imei):
                raise Refused(BAD_IMEI)
            verdict, reason = _of_model(catalog, imei[:8])
        case Question(model_id=None, tac=None, imei=None, eid=str(eid)):
            if not is_eid(eid):
                raise Refused(BAD_EID)
            verdict, reason = "COMPATIBLE", "EID_PRESENT"
        case _:
            raise Refused(BAD_REQUEST, "Name one of modelId, tac, imei and eid.")
    return {"verdict": verdict, "reason": reason, "listVersion": catalog.version}


def _of_model(catalog: Catalog, key: str) -> tuple[str, str]:
    model = catalog.find_model(key)
    if model is None:
        raise Refused(UNKNOWN_MODEL)
    return _VERDICTS[model.esim]
