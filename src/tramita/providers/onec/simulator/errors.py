"""Every no of the service, and of the web server before it."""

from typing import Final

from tramita.simulation.front.asking import Error, ErrorTable

MALFORMED: Final = Error(400, "malformed", "Тело запроса не соответствует формату")
UNAUTHORIZED: Final = Error(401, "unauthorized", "Идентификация пользователя не выполнена")
FORBIDDEN: Final = Error(403, "forbidden", "Нарушение прав доступа!")
UNKNOWN: Final = Error(404, "application_unknown", "Заявка с таким идентификатором не найдена")
STALE: Final = Error(409, "revision_stale", "В базе уже есть более поздняя версия заявки")
TOO_LATE: Final = Error(409, "too_late", "По заявке уже есть движения денежных средств")
POSTING_REFUSED: Final = Error(
    409,
    "posting_refused",
    "Не удалось провести «Заявка на платеж»: не заполнено соглашение с контрагентом",
)
LOCKED: Final = Error(
    423,
    "locked",
    "Ошибка блокировки объекта. Объект заблокирован: редактируется пользователем Иванова",
)
INTERNAL: Final = Error(500, "-1", "Внутренняя ошибка")

ERRORS: Final = ErrorTable(
    UNAUTHORIZED,
    FORBIDDEN,
    UNKNOWN,
    internal=INTERNAL,
    by_kind={
        "locked": LOCKED,
        "posting_refused": POSTING_REFUSED,
        "revision_stale": STALE,
        "too_late": TOO_LATE,
        "internal": INTERNAL,
        "internal_page": Error(500, "internal_page", ""),
    },
)
