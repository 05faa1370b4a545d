"""QI Tech's error envelope, and the errors it answers with.

Every API of QI Tech has the same shape: ``title``, ``description`` (English),
``translation`` (Portuguese), ``code``. Codes beginning with SIM are invented
here, because no public page shows one for that status.
"""

from dataclasses import replace

from tramita.simulation.front.asking import Error, ErrorTable


def _error(status: int, code: str, title: str, words: tuple[str, str]) -> Error:
    description, translation = words
    return Error(status, code, description, more={"title": title, "translation": translation})


NO_CLIENT_KEY = _error(
    400,
    "GDF000003",
    "Bad Request",
    ("API client key header is missing.", "Cabeçalho da chave do cliente ausente."),
)
UNKNOWN_CLIENT = _error(
    404,
    "GDF000018",
    "Not Found",
    ("No integration for this client key.", "Integração não encontrada."),
)
NOT_AUTHENTIC = _error(
    401,
    "GDF000014",
    "Unauthorized",
    ("The token could not be decoded.", "O token não pôde ser decodificado."),
)
SCHEMA = _error(
    400,
    "QIT000001",
    "Bad Request",
    ("Schema validation failed.", "A requisição não está no formato esperado."),
)
CHANGE_TOO_SMALL = _error(
    400,
    "CT000118",
    "Bad Request",
    ("The change is below the minimum.", "O troco é menor que o mínimo."),
)
UNKNOWN_OPERATION = _error(
    404,
    "COP000027",
    "Not Found",
    ("Credit operation not found.", "Operação de crédito não encontrada."),
)
UNKNOWN_DOCUMENT = _error(
    404, "SIM000404", "Not Found", ("Document not found.", "Documento não encontrado.")
)
ILLEGAL_MOVE = _error(
    400,
    "SIM000400",
    "Bad Request",
    ("The proposal cannot go to this status.", "A proposta não pode ir a este status."),
)
NOT_JPEG = _error(
    400,
    "SSC000061",
    "Bad Request",
    ("The attached document is not in JPEG format.", "O documento não está em JPEG."),
)
OUT_OF_LIMITS = _error(
    400,
    "SIM000413",
    "Bad Request",
    ("The attached document is out of the limits.", "O documento está fora dos limites."),
)
UNKNOWN_ATTACHMENT = _error(
    400,
    "SIM000414",
    "Bad Request",
    ("No document of this key was uploaded.", "Nenhum documento com esta chave."),
)
UNKNOWN_GROUP = _error(404, "SIM000415", "Not Found", ("Group not found.", "Grupo não encontrado."))
OTHER_PERSON = _error(
    400,
    "SIM000416",
    "Bad Request",
    (
        "All operations of a group must have the same document number.",
        "As operações de um grupo devem ser do mesmo CPF.",
    ),
)
GROUP_STATUS = _error(
    400,
    "SIM000417",
    "Bad Request",
    ("The status of the group does not allow this.", "O status do grupo não permite isto."),
)
# Codes public, texts shortened.
NOT_A_PORTABILITY = _error(
    400,
    "COP000276",
    "Bad Request",
    ("The collateral type does not allow this.", "O tipo de garantia não permite isto."),
)
ABOVE_FINAL_AMOUNT = _error(
    400,
    "COP000335",
    "Bad Request",
    ("The assignment is above the final amount.", "A cessão supera o valor final."),
)
OPERATION_STATUS = _error(
    400,
    "COP000489",
    "Bad Request",
    ("The status of the operation does not allow this.", "O status da operação não permite isto."),
)
INSTALLMENT_VARIANCE = _error(
    400,
    "COP000490",
    "Bad Request",
    ("The new installment is not allowed.", "A nova parcela não é permitida."),
)
EXISTS_409 = _error(
    409,
    "SIM000409",
    "Conflict",
    ("Proposal already exists.", "A proposta já existe."),
)
# The issuer registry is seen to answer a duplicate with 400; code after its style.
EXISTS_400 = _error(
    400,
    "ISS000003",
    "Bad Request",
    ("Proposal already exists.", "A proposta já existe."),
)
NOT_JSON = _error(
    406,
    "SIM000406",
    "Not Acceptable",
    ("The body is not valid JSON.", "O corpo não é um JSON válido."),
)
BENEFIT_ERROR = _error(
    412,
    "D1",
    "Precondition Failed",
    ("The benefit cannot be read.", "O benefício não pode ser consultado."),
)
NOT_IN_TEST_SET = _error(
    412,
    "QIE",
    "Precondition Failed",
    ("The document number is not in the test set.", "CPF fora da massa de teste."),
)

_TITLES = {
    403: "Forbidden",
    405: "Method Not Allowed",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class QITechErrors(ErrorTable):
    """Public errors where there are some."""

    def unlisted(self, status: int, kind: str) -> Error:
        """An error that no public page shows."""
        title = _TITLES.get(status, "Error")
        return _error(status, f"SIM{status:06}", title, (f"{title}.", "Erro simulado."))


ERRORS = QITechErrors(
    *(SCHEMA, NOT_AUTHENTIC, UNKNOWN_OPERATION, EXISTS_409, NOT_JSON, NOT_IN_TEST_SET),
    by_kind={
        "400_business": CHANGE_TOO_SMALL,
        "401_clock": replace(NOT_AUTHENTIC, message="timestamp is out of range"),
        "404_key": UNKNOWN_CLIENT,
    },
)
