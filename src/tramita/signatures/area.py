"""What signatures bring to every process; what they serve is in ``routes``."""

from typing import Final

from tramita.kit.area import Area, Promises
from tramita.signatures.check import check_signatures, count_signatures
from tramita.signatures.finding import FINDER
from tramita.signatures.journey import (
    ending,
    fetch_signed_file,
    prepare_document,
    refresh,
    submit,
    take_notice,
    update_signatories,
)
from tramita.signatures.kept import KEPT
from tramita.signatures.people import PEOPLE
from tramita.signatures.settings import SignatureSettings
from tramita.signatures.subjects import STAKES, WHOLES, facts_about

AREA: Final = Area(
    key="signatures",
    jobs=[
        *prepare_document.JOBS,
        *submit.JOBS,
        *ending.JOBS,
        *fetch_signed_file.JOBS,
        *update_signatories.JOBS,
        *refresh.JOBS,
        *take_notice.JOBS,
    ],
    schedules=[*refresh.SCHEDULES],
    kinds=[
        submit.CREATION.kind,
        submit.UPLOADING.kind,
        submit.STARTING.kind,
        ending.REMOVAL.kind,
        ending.STOPPING.kind,
        fetch_signed_file.FETCHING.kind,
        update_signatories.UPDATING.kind,
    ],
    promises=Promises(check=check_signatures, count=count_signatures),
    kept=KEPT,
    settings={"Signatures": SignatureSettings},
    facts=facts_about,
    wholes=WHOLES,
    stakes=STAKES,
    finds=[FINDER],
    people=PEOPLE,
)
