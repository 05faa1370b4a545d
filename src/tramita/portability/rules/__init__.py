"""The checks of a proposal: before it is sent (17–21) and on its answer (1–16).

Each rule is a small pure generator of failures; a verdict names every failed rule,
never only the first. The numbers are what an
operator sees beside each reason.
"""

from tramita.portability.rules.answer import validate_proposal
from tramita.portability.rules.before_sending import Loan, MarginQuery, check_before_sending
from tramita.portability.rules.identity import has_gone_on
from tramita.portability.rules.verdict import Code, Failure, Grade, Verdict

__all__ = [
    "Code",
    "Failure",
    "Grade",
    "Loan",
    "MarginQuery",
    "Verdict",
    "check_before_sending",
    "has_gone_on",
    "validate_proposal",
]
