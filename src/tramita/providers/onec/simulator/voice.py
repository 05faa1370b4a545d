"""How the base hears a request and answers it: as a web server before it, then the service in it."""

import hmac
import re
from base64 import b64encode
from dataclasses import dataclass, field

from tramita.providers.onec.simulator.atom import in_atom
from tramita.providers.onec.simulator.conditions import Conditions
from tramita.providers.onec.simulator.dirt import dirty, encoded, written
from tramita.providers.onec.simulator.errors import FORBIDDEN, IN_ODATA, UNAUTHORIZED
from tramita.providers.onec.simulator.licences import Licences, NoLicence, NoSuchSession
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, Error, Refused
from tramita.simulation.front.bending import bend_format
from tramita.simulation.front.voice import JSONVoice
from tramita.simulation.wire import Parcel

_COOKIE = re.compile(r"ibsession=([0-9a-f]+)")
_HTML = {"content-type": "text/html; charset=utf-8"}
_PAGES = {
    "no_licence": "Не обнаружено свободной лицензии!",
    "maintenance": "Начало сеанса с информационной базой запрещено. Идёт техническое обслуживание",
    "no_session": "Сеанс отсутствует или удален",
    "internal_page": "Внутренняя ошибка сервера",
}


def page(kind: str) -> bytes:
    """What the web server shows."""
    title = _PAGES[kind]
    return (
        f"<!doctype html><html><head><title>1C:Enterprise</title></head>"
        f"<body><h1>{title}</h1></body></html>"
    ).encode()


@dataclass(frozen=True, slots=True)
class OneCVoice(JSONVoice):
    """``token`` is ``user:password``; ``begun`` the session that this request begins, if any."""

    conditions: Conditions
    licences: Licences
    begun: list[str] = field(default_factory=list)

    def hear(self, asking: Asking) -> Asking:
        """Who knows user and password comes in, if a licence is free and nobody keeps them out."""
        known = f"Basic {b64encode(self.token.encode()).decode()}"
        shown = asking.headers.get("authorization", "")
        is_right = self.conditions.access != "password_changed"
        if not (is_right and hmac.compare_digest(shown.encode(), known.encode())):
            raise Refused(UNAUTHORIZED)
        if self.conditions.access == "role_missing":
            raise Refused(FORBIDDEN)
        if self.conditions.is_exclusive:
            raise Refused(Error(503, "maintenance", "", {"retry-after": "600"}))
        cookie = _COOKIE.search(asking.headers.get("cookie", ""))
        wanted = asking.headers.get("ibsession", "").lower()
        try:
            begun = self.licences.enter(wanted, cookie[1] if cookie else None)
        except NoLicence:
            raise Refused(Error(self.conditions.licence_status, "no_licence", "")) from None
        except NoSuchSession:
            raise Refused(Error(400, "no_session", "")) from None
        if begun is not None:
            self.begun.append(begun)
        return asking

    @property
    def _is_odata(self) -> bool:
        return self.asking.operation.startswith("odata")

    def say_no(self, refused: Refused) -> Answer:
        """``{"code", "message"}`` by the service; a page by the web server before it."""
        error = refused.error
        if error.code in _PAGES:
            return Answer(error.status, page(error.code), {**_HTML, **error.headers})
        if self._is_odata:
            code = (
                error.code if error.code.lstrip("-").isdigit() else IN_ODATA.get(error.code, "-1")
            )
            words = {"lang": "ru", "value": error.message}
            said = {"odata.error": {"code": code, "message": words}}
            return Answer(error.status, said, error.headers)
        return Answer(error.status, {"code": error.code, "message": error.message}, error.headers)

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Break the format of the answer."""
        if fault.kind == "html_with_200":
            return Answer(200, page("internal_page"), _HTML)
        return bend_format(answer, fault)

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """As the base writes today, with the session that was begun."""
        del is_forged
        headers = {"x-request-id": self.asking.request_id}
        body = answer.body
        if isinstance(body, dict) and self._is_odata and self.conditions.feeds == "atom":
            said = dirty(body, self.conditions)
            headers |= {"content-type": "application/atom+xml; charset=utf-8"}
            body = encoded(in_atom(said), self.conditions)
        elif not isinstance(body, bytes):
            kind, body = written(body, self.conditions)
            headers |= kind
        headers |= answer.headers
        for session in self.begun:
            headers["set-cookie"] = f"ibsession={session}; path=/; HttpOnly"
        return Parcel(answer.status, tuple(headers.items()), body)
