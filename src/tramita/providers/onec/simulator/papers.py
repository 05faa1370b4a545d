"""Documents that the base makes: PDFs with a few words on them, and others that are none."""

import zlib
from typing import Literal

Defect = Literal["", "empty", "large", "wrong_digest", "exe"]

_LARGE = 60 * 1024 * 1024


def make_pdf(title: str, lines: list[str]) -> bytes:
    """A page with a title and lines; letters that the font lacks become question marks."""
    words = [f"BT /F1 18 Tf 60 780 Td ({_escaped(title)}) Tj ET"]
    words += [
        f"BT /F1 11 Tf 60 {740 - 18 * place} Td ({_escaped(line)}) Tj ET"
        for place, line in enumerate(lines)
    ]
    content = zlib.compress("\n".join(words).encode("latin-1", errors="replace"))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return made + head + table + end % (len(objects) + 1, len(made))


def spoil(paper: bytes, defect: Defect) -> bytes:
    """What is sent in place of a paper."""
    match defect:
        case "empty":
            return b""
        case "large":
            return paper + b"\n" * (_LARGE - len(paper))
        case "exe":
            return b"MZ\x90\x00\x03\x00\x00\x00" + paper
        case _:
            return paper


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
