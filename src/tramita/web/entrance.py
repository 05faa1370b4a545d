"""``/``: where to go on from here; and what browsers and their robots ask for unasked."""

from pathlib import Path
from typing import Final

from litestar import MediaType, Response, get
from litestar.response import File, Template

from tramita.kit.http.area import Place
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import words_in
from tramita.kit.runtime import Runtime
from tramita.web.areas import AREAS
from tramita.web.pages import NOWHERE

OPERATOR: Final = "operator@tramita.example"
"""Whose account the demo makes."""
_ICON: Final = Path(__file__).parent / "static" / "icon.svg"


def places_of_the_demo(runtime: Runtime) -> dict[str, list[Place]]:
    """What there is to look at, by what it is for."""
    outside = f"http://127.0.0.1:{runtime.settings.simulators_port}/"
    return {
        "Journeys": [place for area in AREAS for place in area.places],
        "For the people who work here": [
            Place(
                "/console",
                "The console",
                "Where every contract stands, what needs a person, how providers are. Sign in as "
                f"{OPERATOR}.",
            ),
            Place("/schema", "The API", "Every route, with what it takes and answers."),
        ],
        "The outside world": [
            Place(outside, "The vendors", "Each one simulated: break it, move its time, mend it."),
            Place(f"{outside}mailbox/", "The mailbox", "Every e-mail that was sent to anybody."),
            Place(f"{outside}telegram/", "Telegram", "Group chats, as any of the people in them."),
        ],
    }


@get(
    "/",
    opt={"public": "a sign at the door; nothing personal is told", "page": NOWHERE},
    include_in_schema=False,
)
async def entrance(request: AnyRequest, runtime: FromRuntime) -> Template:
    """In the demo the places to look at; in production a sign for each journey that there is."""
    if runtime.settings.is_demo:
        return Template("demo.html", context={"places": places_of_the_demo(runtime)})
    words = words_in(choose_language(None, request.headers.get("accept-language")))
    doors = [
        (door.language or words.language, words.gettext(door.heading), words.gettext(door.text))
        for area in AREAS
        if (door := area.door) is not None and door.is_open(runtime)
    ]
    return Template("entrance.html", context={"doors": doors})


@get(
    "/favicon.ico",
    opt={"public": "the look of the pages", "cacheable": True},
    include_in_schema=False,
)
async def favicon() -> File:
    """The icon, for browsers that look for none of ours."""
    return File(_ICON, media_type="image/svg+xml", content_disposition_type="inline")


@get(
    "/robots.txt",
    opt={"public": "for search engines", "cacheable": True},
    include_in_schema=False,
    media_type=MediaType.TEXT,
)
async def robots() -> Response[str]:
    """Nothing here is to be found by searching: addresses are keys."""
    return Response("User-agent: *\nDisallow: /\n", media_type=MediaType.TEXT)


handlers = [entrance, favicon, robots]
