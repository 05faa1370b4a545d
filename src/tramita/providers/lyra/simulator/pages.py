"""Lyra's page where a payer writes a card's number, and the bank's where they prove who they are."""

from html import escape
from typing import Annotated

from litestar import MediaType, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tramita.providers.lyra.simulator.cards import ACCEPTED, KNOWN, Card
from tramita.providers.lyra.simulator.shop import Form, Shop
from tramita.simulation.front.asking import Refused

FormBody = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_BACK = (
    '<p><button class="quiet" type="button" data-back>Back to the shop</button></p>'
    '<script src="/signing.js" defer></script>'
)


def page_routes(shop: Shop) -> list[ControllerRouterHandler]:
    """The page of a form, the bank's page, and what is pressed on them."""

    @get("/pay/{token:str}")
    async def show_form(token: FromPath[str]) -> Response[str]:
        form = shop.forms.get(token)
        if form is None:
            return _page("<h1>There is no such payment</h1>" + _BACK, status=404)
        return _page(_shown(shop, form))

    @post("/pay/{token:str}", status_code=303)
    async def pay(token: FromPath[str], data: FormBody) -> Response[str] | Redirect:
        return _acted(shop, token, _card_in(data))

    @post("/pay/{token:str}/prove", status_code=303)
    async def prove(token: FromPath[str], data: FormBody) -> Response[str] | Redirect:
        form = shop.forms.get(token)
        if form is None or form.asking is None:
            return Redirect(f"../{token}", status_code=303)
        if data.get("code") == "0000":
            form.asking = None
            return Redirect(f"../{token}", status_code=303)
        return _acted(shop, token, form.asking, is_proven=True, back="../")

    return [show_form, pay, prove]


def _acted(
    shop: Shop, token: str, card: Card | None, *, is_proven: bool = False, back: str = "./"
) -> Response[str] | Redirect:
    try:
        shop.pay(token, card, is_proven=is_proven)
    except Refused as refused:
        return _page(f"<h1>{escape(str(refused))}</h1>" + _BACK, status=409)
    return Redirect(f"{back}{token}", status_code=303)


def _card_in(data: dict[str, str]) -> Card | None:
    number = data.get("number", "").replace(" ", "")
    month, _, year = data.get("expiry", "").partition("/")
    if not number or not month.strip().isdecimal() or not year.strip().isdecimal():
        return None
    whole = int(year) + 2000 if len(year.strip()) == 2 else int(year)
    return Card(number, min(max(int(month), 1), 12), whole)


def _shown(shop: Shop, form: Form) -> str:
    what = "Save a card" if form.payment is None else f"Pay {_amount(form)}"
    if form.is_done:
        return f"<h1>{what}: done</h1><p>Thank you.</p>" + _BACK
    if form.asking is not None:
        return (
            "<h1>Your bank asks who you are</h1>"
            f'<form method="post" action="{form.token}/prove"><p><label>Code '
            '<input name="code" inputmode="numeric" value="1234" required></label></p>'
            "<button>Confirm</button></form><p>0000 is a wrong code.</p>"
        )
    refused = _last_no(shop, form)
    return f"<h1>{what}</h1>{refused}{_fields(form)}{_hints()}{_BACK}"


def _fields(form: Form) -> str:
    if form.saved is not None:
        button = f"Pay with •••• {form.saved.card.number[-4:]}"
        return f'<form method="post"><button>{button}</button></form>'
    return (
        '<form method="post">'
        f'<p><label>Card number <input name="number" inputmode="numeric" autocomplete="cc-number" '
        f'value="{ACCEPTED}" required></label></p>'
        '<p><label>Expires <input name="expiry" autocomplete="cc-exp" value="12/99" '
        "required></label></p>"
        '<p><label>Security code <input name="cvv" inputmode="numeric" value="123"></label></p>'
        f"<button>{'Save' if form.payment is None else 'Pay'}</button></form>"
    )


def _last_no(shop: Shop, form: Form) -> str:
    refused = [
        one
        for one in shop.transactions.values()
        if form.payment is not None and one.metadata is form.payment.metadata and one.code
    ]
    return "<p><strong>The bank has refused.</strong> Try another card.</p>" if refused else ""


def _hints() -> str:
    lines = "".join(f"<li>{number}: {conduct.title}</li>" for number, conduct in KNOWN.items())
    return f"<details><summary>Numbers to try</summary><ul>{lines}</ul></details>"


def _amount(form: Form) -> str:
    if form.payment is None:
        return ""
    return f"{form.payment.amount / 100:.2f} {escape(form.payment.currency)}"


def _page(content: str, *, status: int = 200) -> Response[str]:
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Lyra (simulated)</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/panels.css"><main class="sheet">{content}</main></html>'
    )
    return Response(html, status_code=status, media_type=MediaType.HTML)
