"""The zip package of an .xlsx workbook, inflated in small pieces and counted, never trusted.

Sizes in a zip directory are claims. A part is inflated by us, its bytes are counted against the limits
while they come, and its size and checksum must then agree with the directory (APPNOTE 4.3, 4.4).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from etl.gate import Limits, refused, too_large

CHUNK_BYTES = 1024**2
END_OF_DIRECTORY = b"PK\x05\x06"
LOCAL_HEADER = struct.Struct("<4s5H3I2H")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One entry of the package: its name, where its compressed bytes stand, and what it claims to be."""

    name: str
    stored: bool
    start: int
    compressed_bytes: int
    inflated_bytes: int
    checksum: int


def package_parts(content: bytes, limits: Limits) -> tuple[Part, ...]:
    """The parts of a zip file whose directory is sound and whose claims are within the limits.

    Raises RefusedError: corrupt_zip (with `problem`), too_large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise refused("corrupt_zip", problem="directory") from error
    if len(entries) > limits.parts:
        raise too_large("parts", len(entries), limits.parts)
    _check_end(content)
    _check_names(entries)
    parts = tuple(_part(content, entry) for entry in entries)
    _check_overlap(parts)
    _check_claims(parts, limits)
    return tuple(part for part in parts if not part.name.endswith("/"))


def inflated(content: bytes, part: Part, limits: Limits) -> Iterator[bytes]:
    """The bytes of a part in pieces of at most CHUNK_BYTES, checked against its claims at the end.

    Raises RefusedError: too_large as soon as a limit is passed, corrupt_zip (with `part`).
    """
    total, checksum = 0, 0
    for piece in _pieces(content, part):
        total += len(piece)
        _check_growth(part, total, limits)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if total != part.inflated_bytes or checksum != part.checksum:
        raise refused("corrupt_zip", problem="checksum", part=part.name)


def _pieces(content: bytes, part: Part) -> Iterator[bytes]:
    compressed = memoryview(content)[part.start : part.start + part.compressed_bytes]
    if part.stored:
        for offset in range(0, len(compressed), CHUNK_BYTES):
            yield bytes(compressed[offset : offset + CHUNK_BYTES])
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for offset in range(0, len(compressed), CHUNK_BYTES):
            waiting = bytes(compressed[offset : offset + CHUNK_BYTES])
            while waiting and not inflater.eof:
                yield inflater.decompress(waiting, CHUNK_BYTES)
                waiting = inflater.unconsumed_tail
        while not inflater.eof and (rest := inflater.decompress(b"", CHUNK_BYTES)):
            yield rest
    except zlib.error as error:
        raise refused("corrupt_zip", problem="compression", part=part.name) from error
    if not inflater.eof or inflater.unused_data:
        raise refused("corrupt_zip", problem="compression", part=part.name)


def _check_growth(part: Part, total: int, limits: Limits) -> None:
    if total > limits.part_bytes:
        raise too_large("part_bytes", total, limits.part_bytes)
    if total > limits.ratio_free_bytes and total > limits.ratio * max(part.compressed_bytes, 1):
        raise too_large("ratio", total // max(part.compressed_bytes, 1), limits.ratio)
    if total > part.inflated_bytes:
        raise refused("corrupt_zip", problem="larger_than_declared", part=part.name)


def _check_end(content: bytes) -> None:
    """Nothing may follow the end of the directory: two readers could see two different packages."""
    at = content.rfind(END_OF_DIRECTORY)
    comment = int.from_bytes(content[at + 20 : at + 22], "little")
    if at + 22 + comment != len(content):
        raise refused("corrupt_zip", problem="data_after_end")


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if _is_unsafe(name):
            raise refused("corrupt_zip", problem="unsafe_name", part=name[:200])
        # Part names are compared without regard to case (OPC, ECMA-376 part 2, 6.2.2).
        if name.casefold() in seen:
            raise refused("corrupt_zip", problem="duplicate_name", part=name[:200])
        seen.add(name.casefold())


def _is_unsafe(name: str) -> bool:
    return (
        not name
        or name.startswith("/")
        or "\\" in name
        or "\0" in name
        or ":" in name
        or ".." in name.split("/")
    )


def _part(content: bytes, entry: zipfile.ZipInfo) -> Part:
    """Where the bytes of an entry stand, read from its local header, which must agree with the directory."""
    if entry.flag_bits & 0x1:
        raise refused("corrupt_zip", problem="encrypted_part", part=entry.filename[:200])
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused("corrupt_zip", problem="compression_method", part=entry.filename[:200])
    header = content[entry.header_offset : entry.header_offset + LOCAL_HEADER.size]
    if len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise refused("corrupt_zip", problem="local_header", part=entry.filename[:200])
    *_, method, _time, _date, _crc, _packed, _size, name_bytes, extra_bytes = LOCAL_HEADER.unpack(header)
    name_at = entry.header_offset + LOCAL_HEADER.size
    name = content[name_at : name_at + name_bytes]
    codec = "utf-8" if entry.flag_bits & 0x800 else "cp437"
    if method != entry.compress_type or name.decode(codec, "replace") != entry.orig_filename:
        raise refused("corrupt_zip", problem="local_header", part=entry.filename[:200])
    start = name_at + name_bytes + extra_bytes
    if start + entry.compress_size > len(content):
        raise refused("corrupt_zip", problem="truncated", part=entry.filename[:200])
    return Part(
        name=entry.filename,
        stored=entry.compress_type == zipfile.ZIP_STORED,
        start=start,
        compressed_bytes=entry.compress_size,
        inflated_bytes=entry.file_size,
        checksum=entry.CRC,
    )


def _check_overlap(parts: tuple[Part, ...]) -> None:
    end = 0
    for part in sorted(parts, key=lambda part: part.start):
        # A local header is at least 30 bytes, so a part that begins sooner shares bytes with its neighbour.
        if end and part.start < end + LOCAL_HEADER.size:
            raise refused("corrupt_zip", problem="overlap", part=part.name[:200])
        end = part.start + part.compressed_bytes


def _check_claims(parts: tuple[Part, ...], limits: Limits) -> None:
    claimed = sum(part.inflated_bytes for part in parts)
    if claimed > limits.inflated_bytes:
        raise too_large("inflated_bytes", claimed, limits.inflated_bytes)
    for part in parts:
        _check_growth(part, part.inflated_bytes, limits)
