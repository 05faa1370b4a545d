"""Rendering takes tenths of a second of CPU: never on the loop, and in a process of its own.

The same document gives the same bytes on every machine: the typesetter's own fonts, and no time
of making in the file. So a content's PDF has one digest, whoever made it.
"""

import asyncio
import sys
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
import typst

from tramita.kit.pdf.markdown import Node, read_markdown

_LONGEST: Final = timedelta(seconds=60)
# Documents in the making at once, in one of our processes.
_AT_ONCE: Final = 2


class NotRendered(RuntimeError):
    """A document could not be made into a PDF."""


class MarkdownSource(msgspec.Struct, tag=True):
    """A document in Markdown; ``language`` is a code such as ``fr``, by which words are broken."""

    title: str
    language: str
    markdown: str


class TemplateSource(msgspec.Struct, tag=True):
    """A typst template of ours, and what it shows: JSON that it reads as ``sys.inputs.document``."""

    template: str
    data: msgspec.Raw


Source = MarkdownSource | TemplateSource


class _Data(msgspec.Struct):
    title: str
    language: str
    nodes: list[Node]


async def render_pdf(source: Source) -> bytes:
    """The document as a PDF; raises ``NotRendered``."""
    async with _places(asyncio.get_running_loop()):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tramita.kit.pdf",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_LONGEST.total_seconds()):
                made, said = await process.communicate(msgspec.json.encode(source))
        except BaseException:
            process.kill()
            await process.wait()
            raise
    if process.returncode != 0:
        # The last line names the error; those before may show the document.
        raise NotRendered(said.decode(errors="replace").strip().rpartition("\n")[2][:200])
    return made


def render(source: Source) -> bytes:
    """The same, here and now."""
    if isinstance(source, MarkdownSource):
        nodes = read_markdown(source.markdown)
        data = msgspec.json.encode(_Data(source.title, source.language[:2].lower(), nodes))
        template = _template()
    else:
        data, template = bytes(source.data), source.template.encode()
    made: bytes = typst.compile(
        template,
        sys_inputs={"document": data.decode()},
        ignore_system_fonts=True,
        timestamp=0,
    )
    return made


@cache
def _places(_loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    """Of each loop its own: a semaphore belongs for ever to the one that first waited for it."""
    return asyncio.Semaphore(_AT_ONCE)


@cache
def _template() -> bytes:
    return (files("tramita.kit.pdf") / "document.typ").read_bytes()
