"""Every no of this simulated Lex Persona."""

from typing import Final

from tramita.simulation.front.asking import Error, ErrorTable

INVALID: Final = Error(400, "InvalidRequest", "The request is not understood.")
RECIPIENT_INFO_MISSING: Final = Error(
    400, "RecipientInfoMissing", "A recipient needs an e-mail address and both names."
)
NO_RECIPIENT: Final = Error(
    400, "RecipientNotFound", "Nobody of this address may sign at this moment."
)
NO_PDF: Final = Error(400, "DocumentNotSupported", "The file is no PDF.")
NO_DOCUMENT: Final = Error(400, "DocumentMissing", "The workflow has no document.")
ALREADY_STARTED: Final = Error(400, "WorkflowStarted", "The workflow was started already.")
NOT_STARTED: Final = Error(400, "WorkflowNotStarted", "The workflow does not run.")
UNAUTHORIZED: Final = Error(401, "Unauthorized", "The token is not valid.")
PROFILE_NOT_ALLOWED: Final = Error(
    403, "SignatureProfileNotAllowed", "This user may not use the signature profile."
)
NO_WORKFLOW: Final = Error(404, "WorkflowNotFound", "There is no such workflow.")
NO_EVENT: Final = Error(404, "WebhookEventNotFound", "There is no such event.")
NO_USER: Final = Error(404, "UserNotFound", "There is no such user.")
TOO_MANY: Final = Error(429, "TooManyRequests", "Too many requests.")
INTERNAL: Final = Error(500, "InternalError", "Something went wrong.")

ERRORS: Final = ErrorTable(INVALID, UNAUTHORIZED, NO_WORKFLOW, TOO_MANY, internal=INTERNAL)
