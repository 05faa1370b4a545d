"""Telegram's own window around a Mini App: the events of its Web Apps, with the chat beside it.

What it says and hears is as documented; the real one is on somebody else's server. Whoever plays
chooses as whom, in which language and in which look the application opens.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Annotated, Final, Literal
from urllib.parse import quote, urlencode, urlsplit

from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from tramita.providers.telegram.simulator.mini_app import Opening
from tramita.providers.telegram.simulator.pages import ENVIRONMENT, As, Playing, shown_chat
from tramita.simulation.simulator import UnknownAct

VERSION: Final = "8.0"
THEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "light": {
        "accent_text_color": "#168acd",
        "bg_color": "#ffffff",
        "bottom_bar_bg_color": "#f1f1f1",
        "button_color": "#40a7e3",
        "button_text_color": "#ffffff",
        "destructive_text_color": "#d14e4e",
        "header_bg_color": "#ffffff",
        "hint_color": "#999999",
        "link_color": "#168acd",
        "secondary_bg_color": "#f1f1f1",
        "section_bg_color": "#ffffff",
        "section_header_text_color": "#168acd",
        "section_separator_color": "#e7e7e7",
        "subtitle_text_color": "#999999",
        "text_color": "#000000",
    },
    "dark": {
        "accent_text_color": "#6ab2f2",
        "bg_color": "#17212b",
        "bottom_bar_bg_color": "#232e3c",
        "button_color": "#5288c1",
        "button_text_color": "#ffffff",
        "destructive_text_color": "#ec3942",
        "header_bg_color": "#17212b",
        "hint_color": "#708499",
        "link_color": "#6ab3f3",
        "secondary_bg_color": "#232e3c",
        "section_bg_color": "#17212b",
        "section_header_text_color": "#6ab3f3",
        "section_separator_color": "#111921",
        "subtitle_text_color": "#708499",
        "text_color": "#f5f5f5",
    },
}

Start = Annotated[str, QueryParameter(pattern=r"^[A-Za-z0-9_-]{1,512}$(?!\n)")]
ChatNumber = Annotated[int, QueryParameter(name="chat")]
Language = Annotated[str, QueryParameter(pattern=r"^([a-z]{2})?$(?!\n)")]


def host_routes(vendor: Playing) -> list[ControllerRouterHandler]:
    """The window, its look and what moves it."""
    static = files("tramita.providers.telegram.simulator") / "static"
    style = (static / "host.css").read_text(encoding="utf-8")
    script = (static / "host.js").read_text(encoding="utf-8")

    @get("/host", media_type=MediaType.HTML)
    async def show_host(
        who: As,
        number: ChatNumber,
        start: Start,
        scheme: FromQuery[Literal["light", "dark"]] = "light",
        language: Language = "",
    ) -> Response[str]:
        shown = shown_chat(vendor, who, number)
        try:
            user, chat = vendor.people.find(who), vendor.people.chat(number)
        except UnknownAct:
            raise NotFoundException from None
        speaker = replace(user, language=language or user.language)
        opened = vendor.launcher.open(chat, speaker, Opening(start))
        address = str(opened["url"]).partition("#")[0]
        page = ENVIRONMENT.get_template("host.html").render(
            address=address,
            launch=_launch(str(opened["init_data"]), start, scheme),
            themes=json.dumps(THEMES),
            scheme=scheme,
            language=speaker.language,
            start=start,
            bot=vendor.messenger.bot.first_name,
            **shown,
        )
        return Response(page, headers=_headers(address))

    @get("/host.css")
    async def show_host_style() -> Response[str]:
        return Response(style, media_type="text/css")

    @get("/host.js")
    async def show_host_script() -> Response[str]:
        return Response(script, media_type="text/javascript")

    return [show_host, show_host_style, show_host_script]


def _launch(init_data: str, start: str, scheme: str) -> str:
    """What stands in the hash of the address that the application is loaded by."""
    launch = {
        "tgWebAppData": init_data,
        "tgWebAppVersion": VERSION,
        "tgWebAppPlatform": "weba",
        "tgWebAppThemeParams": json.dumps(THEMES[scheme], separators=(",", ":")),
        "tgWebAppStartParam": start,
    }
    return urlencode(launch, quote_via=quote)


def _headers(address: str) -> dict[str, str]:
    parts = urlsplit(address)
    return {
        "Content-Security-Policy": f"default-src 'self'; frame-src {parts.scheme}://{parts.netloc}; "
        "img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
