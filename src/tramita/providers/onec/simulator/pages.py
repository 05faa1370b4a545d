"""``/onec/desk``: the base as its operator sees it, to be played by hand."""

from html import escape
from typing import Annotated, Any

from litestar import MediaType, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tramita.providers.onec.simulator.acts import OneCOperator
from tramita.providers.onec.simulator.book import Document
from tramita.simulation.front.orders import carry_out
from tramita.simulation.simulator import UnknownAct, operator_act

FormBody = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_SHOWN = 30
# What may be pressed beside a document: the word on it, the order, and what the order says.
_DEEDS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("В работу", "set_in_work", {}),
    ("Счёт", "generate_document", {"kind": "invoice"}),
    ("Деньги пришли", "set_payment", {"payment_status": "funds_received"}),
    ("Выплачено", "set_payment", {"payment_status": "paid_out"}),
    ("Подтверждено", "set_payment", {"payment_status": "confirmed"}),
    ("Закрывающие", "generate_document", {"kind": "closing_set"}),
    ("Завершить", "complete", {}),
    ("Отклонить", "reject", {}),
    ("Удалить", "delete", {}),
)
_OF_BASE = (("Запомнить копию базы", "keep_copy"), ("Восстановить копию", "restore_copy"))


def page_routes(operator: OneCOperator) -> list[ControllerRouterHandler]:
    """The desk, and what is pressed on it."""

    @get("/desk")
    async def show_desk() -> Response[str]:
        return _page(_desk(operator))

    @post("/desk/act", status_code=303)
    async def act(data: FormBody) -> Response[str] | Redirect:
        try:
            carry_out(_ordered(data), operator.orders())
        except UnknownAct as unknown:
            said = f'<p class="refused" role="alert">{escape(str(unknown))}</p>'
            return _page(said + _desk(operator), status=409)
        return Redirect("../desk", status_code=303)

    return [show_desk, act]


def _ordered(data: dict[str, str]) -> dict[str, object]:
    """What was pressed; an answer of a form that was left empty says nothing."""
    pressed = data.get("deed", "")
    known = {str(place): deed for place, deed in enumerate(_DEEDS)}
    said: dict[str, Any] = {}
    if "external_id" in data:
        said["external_id"] = data["external_id"]
    if pressed in known:
        _, action, more = known[pressed]
        return operator_act(action, **said, **more)
    wanted = {
        name: data[name] for name in ("rate", "commission_percent", "terms") if data.get(name)
    }
    return operator_act(pressed, **said, **(wanted if pressed == "form_conditions" else {}))


def _desk(operator: OneCOperator) -> str:
    rows = [_row(one, operator) for one in list(operator.book.newest())[:_SHOWN]]
    base = "".join(
        f'<form method="post" action="desk/act"><button class="quiet" name="deed" value="{action}">'
        f"{title}</button></form>"
        for title, action in _OF_BASE
    )
    empty = "<p>В базе нет заявок.</p>"
    return f'<h1>Заявки на платёж</h1><div class="row">{base}</div>{"".join(rows) or empty}'


def _row(one: Document, operator: OneCOperator) -> str:
    money = one.fields.get("money", {})
    beneficiary = one.fields.get("beneficiary", {}).get("name", "")
    said = operator.pushes.job.said.get(one.external_id, "")
    deeds = "".join(
        f'<button class="quiet" name="deed" value="{place}">{title}</button> '
        for place, (title, _, _) in enumerate(_DEEDS)
    )
    return (
        f'<section class="sheet" aria-label="{escape(one.number)}">'
        f"<h2>{escape(one.number)}, версия {one.revision}</h2>"
        f"<p>{escape(str(beneficiary))}: {escape(str(money.get('amount', '')))} "
        f"{escape(str(money.get('currency', '')))}</p>"
        f'<p class="soft">Состояние: {escape(one.state)}, оплата: {escape(one.payment)}</p>'
        f'<form method="post" action="desk/act" class="row">'
        f'<input type="hidden" name="external_id" value="{escape(one.external_id)}">'
        f'<label>Курс <input name="rate" value="11.25" size="7"></label> '
        f'<label>Комиссия, % <input name="commission_percent" value="1.5" size="5"></label> '
        f'<label>Условия <input name="terms" placeholder="как обычно"></label> '
        f'<button name="deed" value="form_conditions">Сформировать условия</button> {deeds}</form>'
        f'<p class="soft">{escape(said)}</p></section>'
    )


def _page(body: str, *, status: int = 200) -> Response[str]:
    text = (
        '<!doctype html><html lang="ru"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<title>1С (SIMULATED)</title><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="/panels.css">'
        '<header><span class="brand">1С</span><p class="soft">Simulated: no base is behind this page.'
        f"</p></header><main>{body}</main></html>"
    )
    headers = {
        "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)
