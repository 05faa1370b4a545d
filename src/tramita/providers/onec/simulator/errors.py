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

# The interface's own; how it says them is another matter than what the service's own codes are.
NO_PROPERTY: Final = Error(400, "10", "Свойство не найдено")
NO_TYPE: Final = Error(404, "8", "Тип сущности не найден")
NO_INSTANCE: Final = Error(404, "9", "Экземпляр сущности не найден")
REQUIRED: Final = Error(400, "5", "Не задано обязательное свойство")
NO_OPTION: Final = Error(400, "14", "Ошибка разбора опции запроса")
KEY_EXISTS: Final = Error(400, "15", "Экземпляр с такими ключевыми полями уже существует")
VERSION_CHANGED: Final = Error(412, "-1", "Данные были изменены или удалены другим пользователем")
WRITE_REFUSED: Final = Error(400, "16", "По заявке уже есть движения денежных средств")
# What the service's codes are here.
IN_ODATA: Final = {"posting_refused": "21", "application_unknown": "9", "malformed": "2"}

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
