"""What is done at a lender, by name: whoever wants an act need not know who does it."""

from typing import Final

from tramita.kit.operations.kind import ActName
from tramita.portability.ports import ProposalGateway

OPEN_GROUP: Final = ActName("portability.open_group", ProposalGateway)
SEND_GROUP: Final = ActName("portability.send_group", ProposalGateway)
UPLOAD_PICTURE: Final = ActName("portability.upload_picture", ProposalGateway)
SUBMIT: Final = ActName("portability.submit_proposal", ProposalGateway)
ACCEPT: Final = ActName("portability.accept_balance", ProposalGateway)
RECALCULATE: Final = ActName("portability.recalculate_proposal", ProposalGateway)
CANCEL: Final = ActName("portability.cancel_proposal", ProposalGateway)
