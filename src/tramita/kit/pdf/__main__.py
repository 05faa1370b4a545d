"""One document: its source comes in as JSON, its PDF goes out."""

import sys

import msgspec

from tramita.kit.pdf.rendering import Source, render

sys.stdout.buffer.write(render(msgspec.json.decode(sys.stdin.buffer.read(), type=Source)))
