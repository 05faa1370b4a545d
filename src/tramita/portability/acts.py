"""What is done at a lender, by name: whoever wants an act need not know who does it."""

from typing import Final

from tramita.kit.operations.kind import ActName
from tramita.portability.ports import (
    BalanceAcceptance,
    Pictures,
    ProposalGateway,
    Recalculation,
    SignatureGroups,
    Submission,
)

OPEN_GROUP: Final = ActName("portability.open_group", SignatureGroups)
SEND_GROUP: Final = ActName("portability.send_group", SignatureGroups)
UPLOAD_PICTURE: Final = ActName("portability.upload_picture", Pictures)
SUBMIT: Final = ActName("portability.submit_proposal", Submission)
ACCEPT: Final = ActName("portability.accept_balance", BalanceAcceptance)
RECALCULATE: Final = ActName("portability.recalculate_proposal", Recalculation)
CANCEL: Final = ActName("portability.cancel_proposal", ProposalGateway)
