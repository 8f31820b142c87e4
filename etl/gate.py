"""The gate: what a received file must be before any cell of it is read.

Content decides, never the extension. A file that is not an ordinary .xlsx workbook, or is larger than
the limits allow once inflated, is refused with a kind from a closed list; the texts people read belong
to the findings.
"""

import re
from dataclasses import dataclass

REFUSAL_KINDS = (
    "empty_file",
    "too_large",
    "corrupt_zip",
    "corrupt_xml",
    "doctype",
    "macro",
    "encrypted",
    "legacy_xls",
    "legacy_xlsb",
    "ods",
    "text_not_workbook",
    "not_spreadsheet",
    "dde_link",
    "unreadable",
)

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# Signatures of files people take for workbooks: the first bytes, and what the file is.
OTHER_SIGNATURES = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"\x1f\x8b", "archive"),
)
CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f]")
# BIFF2, BIFF3 and BIFF4 worksheets begin with a bare BOF record (MS-XLS 2.4.21 and its predecessors).
BARE_BIFF_SIGNATURES = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one received workbook may cost.

    Bytes unless the name says otherwise; `ratio` (inflated to compressed) counts only above
    `ratio_free_bytes`; `rows` and `columns` bound the furthest cell with a value, `area` the product of
    the two in one sheet, `cells` the cells with a value in the whole workbook; `table_bytes` bounds what is
    handed over. Seconds and address space bound the process that reads.
    """

    file_bytes: int = 20 * 1024**2
    parts: int = 1_000
    inflated_bytes: int = 256 * 1024**2
    part_bytes: int = 200 * 1024**2
    ratio: int = 250
    ratio_free_bytes: int = 4 * 1024**2
    cells: int = 2_000_000
    rows: int = 200_000
    columns: int = 512
    area: int = 10_000_000
    strings: int = 1_000_000
    text_characters: int = 32_767
    table_bytes: int = 192 * 1024**2
    depth: int = 64
    address_space_bytes: int = 2 * 1024**3
    processor_seconds: int = 30
    wall_seconds: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a file is not read: a kind from REFUSAL_KINDS and the facts its message needs."""

    kind: str
    detail: dict[str, str | int]


class RefusedError(Exception):
    """Carries a refusal out of the depths of a scan; never leaves the reading process."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.kind)
        self.refusal = refusal


def refused(kind: str, **detail: str | int) -> RefusedError:
    """The error to raise for a refusal of this kind."""
    if kind not in REFUSAL_KINDS:
        raise ValueError(f"unknown refusal kind {kind!r}")
    return RefusedError(Refusal(kind=kind, detail=detail))


def too_large(what: str, found: int, limit: int, **where: str) -> RefusedError:
    """The error to raise where a limit is passed; `what` is the name of the field of Limits.

    `where` tells the `part` it is passed in, and the `cell` that passes it, where that is known.
    """
    return refused("too_large", what=what, found=found, limit=limit, **where)


def check_container(content: bytes) -> None:
    """Refuse whatever is not a zip file, saying what it is instead.

    Raises RefusedError: empty_file, encrypted, legacy_xls, text_not_workbook, not_spreadsheet.
    """
    if not content:
        raise refused("empty_file")
    if content.startswith(ZIP_SIGNATURES):
        return
    if content.startswith(OLE_SIGNATURE):
        raise _ole_refusal(content)
    if content.startswith(BARE_BIFF_SIGNATURES):
        raise refused("legacy_xls", looks_like="xls")
    for signature, name in OTHER_SIGNATURES:
        if content.startswith(signature):
            raise refused("not_spreadsheet", looks_like=name)
    raise _text_refusal(content)


def _ole_refusal(content: bytes) -> RefusedError:
    """Tell the compound files apart by the names of their streams (MS-CFB 2.6.1, UTF-16LE)."""
    if _has_stream(content, "EncryptedPackage"):
        return refused("encrypted")
    if _has_stream(content, "WordDocument"):
        return refused("not_spreadsheet", looks_like="doc")
    if _has_stream(content, "PowerPoint Document"):
        return refused("not_spreadsheet", looks_like="ppt")
    if _has_stream(content, "Workbook") or _has_stream(content, "Book"):
        return refused("legacy_xls", looks_like="xls")
    return refused("not_spreadsheet", looks_like="ole")


def _has_stream(content: bytes, name: str) -> bool:
    # A directory entry holds the name, a terminating NUL, and zeros up to 64 bytes.
    return name.encode("utf-16-le") + b"\0\0" in content


def _text_refusal(content: bytes) -> RefusedError:
    head = content[:65_536]
    text, encoding = decoded_text(head)
    if encoding is None:
        return refused("not_spreadsheet", looks_like="binary")
    return refused("text_not_workbook", looks_like=_text_form(text), encoding=encoding)


def decoded_text(content: bytes, *, whole: bool = False) -> tuple[str, str | None]:
    """The text and its encoding, or ("", None) where the bytes are not text.

    Tries utf-8-sig (with a byte order mark), utf-16 (with one), utf-8, gb18030, in this order. Unless
    `whole`, a cut in the middle of the last character is allowed for.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ("utf-16",)
    elif content.startswith(b"\xef\xbb\xbf"):
        candidates = ("utf-8-sig",)
    else:
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        for cut in range(1 if whole else 4):
            try:
                text = content[: len(content) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            if _is_text(text):
                return text, encoding
    return "", None


def _is_text(text: str) -> bool:
    """A stray control character is common in what other systems export; many of them are another matter."""
    return "\0" not in text and len(CONTROLS.findall(text)) * 500 <= len(text) + 500


def _text_form(text: str) -> str:
    head = text[:4096].lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "xml_spreadsheet"
    if re.search(r"<(?:!doctype html|html|table|body|meta)\b", head):
        return "html"
    if head.lstrip().startswith("<?xml"):
        return "xml"
    first_line = text.lstrip().partition("\n")[0]
    if "\t" in first_line:
        return "tsv"
    return "csv" if "," in first_line else "text"
