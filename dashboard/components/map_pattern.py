"""The hatch of the map's canvas: a picture of two patterns, made here, since a canvas knows no hatch.

PNG (ISO/IEC 15948): a grey channel and one of opacity, eight bits each.
"""

from __future__ import annotations

import base64
import struct
import zlib

PERIOD, STRIPE, EDGE = 16, 5, 8
"""Pixels from stripe to stripe, width of a stripe, and what continues the pattern beyond its tile."""
TILE = 2 * PERIOD
SIDE = TILE + 2 * EDGE
COMMON_UNITS = 40_000_000 / 512
"""deck.gl scales patterns in metres on a globe of 512 units around; on a flat drawing the unit stays."""
UNITS_OF_A_TILE = 20
UNIT_SCALE = round(UNITS_OF_A_TILE * COMMON_UNITS / TILE)


def _opacity(x: int, y: int) -> int:
    """Solid in the left half of the picture, diagonal stripes in the right."""
    return 255 if x < SIDE or (x + y) % PERIOD < STRIPE else 0


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _picture() -> bytes:
    rows = b"".join(
        b"\0" + b"".join(bytes((255, _opacity(x, y))) for x in range(2 * SIDE)) for y in range(SIDE)
    )
    header = struct.pack(">IIBBBBB", 2 * SIDE, SIDE, 8, 4, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


ATLAS = "data:image/png;base64," + base64.b64encode(_picture()).decode()
MAPPING = {
    name: {"x": x + EDGE, "y": EDGE, "width": TILE, "height": TILE, "mask": True}
    for name, x in (("solid", 0), ("hatch", SIDE))
}
