"""Whatever a file contains, reading it ends in a reading or in a refusal of a known kind."""

import csv
import io
import random
import resource
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.gate import REFUSAL_KINDS, Limits, Refusal
from etl.read import Reading, WorkbookReader

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
OUTCOMES = list(
    csv.DictReader((Path(__file__).parent / "workbook_outcomes.csv").read_text("utf-8").splitlines())
)
FILE_SECONDS = 5
PARENT_BYTES = 512 * 1024**2

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

Edit = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def reader() -> Iterator[WorkbookReader]:
    with WorkbookReader() as reader:
        yield reader


def relationships(*links: tuple[str, str, str]) -> bytes:
    inside = "".join(f'<Relationship Id="{i}" Type="{kind}" Target="{target}"/>' for i, kind, target in links)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'.encode()


def sheet(rows: str, before: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'.encode()


ONE_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def workbook_parts(rows: str = ONE_CELL) -> dict[str, bytes]:
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}"/></Types>'
        ).encode(),
        "_rels/.rels": relationships(("rId1", f"{OFFICE}/officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
            '<sheets><sheet name="月度情况" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", f"{OFFICE}/worksheet", "worksheets/sheet1.xml"),
            ("rId2", f"{OFFICE}/sharedStrings", "sharedStrings.xml"),
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>文字</t></si></sst>'.encode(),
        "xl/worksheets/sheet1.xml": sheet(rows),
    }


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def edited(edit: Edit, rows: str = ONE_CELL) -> bytes:
    parts = workbook_parts(rows)
    edit(parts)
    return packed(parts)


def with_part(name: str, content: bytes) -> bytes:
    return packed(workbook_parts() | {name: content})


def moved_sheet(name: str) -> bytes:
    """The far cell of a sheet kept where only the workbook's relationships say."""

    def move(parts: dict[str, bytes]) -> None:
        del parts["xl/worksheets/sheet1.xml"]
        parts[name] = sheet(FAR_CORNER)
        parts["xl/_rels/workbook.xml.rels"] = relationships(("rId1", f"{OFFICE}/worksheet", f"/{name}"))

    return edited(move)


def retyped(kind: str) -> bytes:
    def retype(parts: dict[str, bytes]) -> None:
        types = parts["[Content_Types].xml"]
        parts["[Content_Types].xml"] = types.replace(SHEET_TYPE.encode(), kind.encode())

    return edited(retype)


def with_directory(change: Callable[[zipfile.ZipInfo], None]) -> bytes:
    """A package whose directory says something else than its contents about the sheet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in workbook_parts().items():
            archive.writestr(name, content)
        change(archive.getinfo("xl/worksheets/sheet1.xml"))
    return buffer.getvalue()


def claiming(**facts: int) -> bytes:
    def change(entry: zipfile.ZipInfo) -> None:
        for name, value in facts.items():
            setattr(entry, name, value)

    return with_directory(change)


def duplicated() -> bytes:
    parts = workbook_parts()
    buffer = io.BytesIO(packed(parts))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/worksheets/SHEET1.XML", sheet(FAR_CORNER))
    return buffer.getvalue()


def understated() -> bytes:
    """A sheet of 3 MB that claims 900 bytes, in the directory and in its own header."""
    content = packed(workbook_parts() | {"xl/worksheets/sheet1.xml": sheet(ONE_CELL, " " * 3_000_000)})
    real = struct.pack("<I", len(sheet(ONE_CELL, " " * 3_000_000)))
    assert content.count(real) >= 2
    return content.replace(real, struct.pack("<I", 900))


FAR_CORNER = ONE_CELL + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
BEYOND_A_MEBIBYTE = "<c" + " " * 1_200_000
DOCTYPE = '<!DOCTYPE sst [<!ENTITY a "文"><!ENTITY b "&a;&a;">]>'
STRINGS_WITH_DOCTYPE = (
    f'<?xml version="1.0" encoding="ENC"?>{DOCTYPE}<sst xmlns="{MAIN}"><si><t>&b;</t></si></sst>'
)
UTF_16_DOCTYPE = STRINGS_WITH_DOCTYPE.replace("ENC", "UTF-16").encode("utf-16")
UTF_8_DOCTYPE = STRINGS_WITH_DOCTYPE.replace("ENC", "UTF-8").encode()
UTF_16_SHEET = sheet(ONE_CELL).decode().encode("utf-16")
DDE_LINK = f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"><ddeItems/></ddeLink></externalLink>'
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "table", "text")
)
ODS_CELL = '<table:table-cell office:value-type="float" office:value="1"{}/>'
ODS_FAR = (
    '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row>'
    f"<table:table-row>{ODS_CELL.format('')}</table:table-row>"
)
ODS_REPEATED = (
    f"<table:table-row>{ODS_CELL.format(' table:number-columns-repeated=' + chr(34) + '1000000' + chr(34))}"
    "</table:table-row>"
)
ODS_WORD = '<table:table-row table:number-rows-repeated="many"/>'
ODS_NESTED = (
    '<table:table-row><table:table-cell><table:table table:name="b"/></table:table-cell></table:table-row>'
)


def table(rows: str) -> str:
    return f'<table:table table:name="a">{rows}</table:table>'


def ods(
    body: str, *, before: str = "", encoding: str = "utf-8", others: dict[str, bytes] | None = None
) -> bytes:
    """An OpenDocument spreadsheet with this in its body."""
    content = (
        f'<?xml version="1.0" encoding="{encoding.upper()}"?>{before}<office:document-content {ODS_NAMES}><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": OPEN_DOCUMENT, "content.xml": content.encode(encoding), **(others or {})})


# What a hostile or mistaken file is, its bytes, the kind of its refusal, and facts its detail must hold.
HOSTILE: list[tuple[str, Callable[[], bytes], str, dict[str, str | int]]] = [
    ("nothing", lambda: b"", "empty_file", {}),
    (
        "far corner",
        lambda: packed(workbook_parts(FAR_CORNER)),
        "too_large",
        {"what": "rows", "found": 1048576},
    ),
    ("far corner, moved", lambda: moved_sheet("data/a.xml"), "too_large", {"what": "rows"}),
    ("far corner, no .xml", lambda: moved_sheet("xl/worksheets/sheet1.dat"), "too_large", {"what": "rows"}),
    (
        "far corner, prefixed",
        lambda: edited(
            lambda parts: parts.update(
                {
                    "xl/worksheets/sheet1.xml": (
                        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1048576">'
                        '<x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
                    ).encode()
                }
            )
        ),
        "too_large",
        {"what": "rows"},
    ),
    (
        "cells without references",
        lambda: packed(workbook_parts("<row>" + "<c><v>1</v></c>" * 600 + "</row>")),
        "too_large",
        {"what": "columns", "found": 600},
    ),
    (
        "rows without numbers",
        lambda: packed(workbook_parts('<row r="200000"></row><row><c><v>1</v></c></row>')),
        "too_large",
        {"what": "rows", "found": 200001},
    ),
    (
        "area within both limits",
        lambda: packed(workbook_parts(ONE_CELL + '<row r="199999"><c r="SR199999"><v>1</v></c></row>')),
        "too_large",
        {"what": "area", "found": 199999 * 512},
    ),
    *(
        (
            f"far corner spelled {cell[:24]}",
            lambda cell=cell: packed(workbook_parts(ONE_CELL + cell)),
            "too_large",
            {},
        )
        for cell in (
            "<c r='XFD1048576'><v>1</v></c>",
            '<c  r = "XFD1048576"><v>1</v></c>',
            '<c s="1" r="XFD1048576"><v>1</v></c>',
            '<c\tr="XFD1048576"><v>1</v></c>',
            '<c r="xfd1048576"><v>1</v></c>',
            '<c r="XFD1048576" t="inlineStr"><is><t/></is></c>',
            BEYOND_A_MEBIBYTE + 'r="XFD1048576"><v>1</v></c>',
            "<!-- " + "x" * 1_200_000 + '--><c r="XFD1048576"><v>1</v></c>',
            "<x" + "x" * 1_200_000 + ':c r="XFD1048576"><v>1</v></x' + "x" * 1_200_000 + ":c>",
        )
    ),
    (
        "five megabytes of blanks",
        lambda: packed(workbook_parts(" " * 5_000_000)),
        "too_large",
        {"what": "ratio"},
    ),
    ("size understated", understated, "corrupt_zip", {}),
    ("size overstated", lambda: claiming(file_size=5_000), "corrupt_zip", {"problem": "checksum"}),
    ("wrong checksum", lambda: claiming(CRC=1), "corrupt_zip", {"problem": "checksum"}),
    ("encrypted part", lambda: claiming(flag_bits=1), "corrupt_zip", {"problem": "encrypted_part"}),
    ("two parts in one place", lambda: claiming(header_offset=0), "corrupt_zip", {"problem": "local_header"}),
    ("same part twice", duplicated, "corrupt_zip", {"problem": "duplicate_name"}),
    ("part outside", lambda: with_part("../../evil.xml", b"<a/>"), "corrupt_zip", {"problem": "unsafe_name"}),
    ("absolute part", lambda: with_part("/etc/evil.xml", b"<a/>"), "corrupt_zip", {"problem": "unsafe_name"}),
    (
        "part on a drive",
        lambda: with_part("C:\\evil.xml", b"<a/>"),
        "corrupt_zip",
        {"problem": "unsafe_name"},
    ),
    ("other method", lambda: packed(workbook_parts(), zipfile.ZIP_BZIP2), "corrupt_zip", {}),
    ("cut off", lambda: packed(workbook_parts())[:-200], "corrupt_zip", {"problem": "directory"}),
    ("data after the end", lambda: packed(workbook_parts()) + b"<html>", "corrupt_zip", {}),
    ("not XML", lambda: with_part("xl/workbook.xml", b"<workbook><sheets>"), "corrupt_xml", {}),
    ("DOCTYPE", lambda: with_part("xl/sharedStrings.xml", UTF_8_DOCTYPE), "doctype", {}),
    ("DOCTYPE in UTF-16", lambda: with_part("xl/sharedStrings.xml", UTF_16_DOCTYPE), "doctype", {}),
    ("DOCTYPE beside the workbook", lambda: with_part("customXml/item1.xml", UTF_8_DOCTYPE), "doctype", {}),
    (
        "sheet the reader would see empty",
        lambda: with_part("xl/worksheets/sheet1.xml", UTF_16_SHEET),
        "corrupt_xml",
        {"problem": "encoding"},
    ),
    (
        "sheet nested too deep",
        lambda: packed(workbook_parts("<row><c><v>1</v></c></row>" + "<a>" * 5_000 + "</a>" * 5_000)),
        "too_large",
        {"what": "depth"},
    ),
    ("macro", lambda: with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "macro", {}),
    ("macro sheet", lambda: with_part("xl/macrosheets/sheet1.xml", sheet("")), "macro", {}),
    (
        "macro workbook renamed",
        lambda: retyped("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        "macro",
        {"part": "xl/workbook.xml"},
    ),
    ("DDE link", lambda: with_part("xl/externalLinks/externalLink1.xml", DDE_LINK.encode()), "dde_link", {}),
    ("ods template", lambda: packed({"mimetype": OPEN_DOCUMENT + b"-template"}), "ods", {}),
    ("ods without a table", lambda: ods(""), "corrupt_xml", {"problem": "no_sheet"}),
    ("ods, far corner", lambda: ods(table(ODS_FAR)), "too_large", {"what": "rows"}),
    ("ods, cell a million times", lambda: ods(table(ODS_REPEATED)), "too_large", {"what": "columns"}),
    ("ods, rows repeated by a word", lambda: ods(table(ODS_WORD)), "corrupt_xml", {"problem": "repeated"}),
    ("ods, table in a cell", lambda: ods(table(ODS_NESTED)), "corrupt_xml", {"problem": "table"}),
    ("ods, prefixed otherwise", lambda: ods(table("").replace("table:", "t:")), "corrupt_xml", {}),
    (
        "ods, prefix bound otherwise",
        lambda: ods('<a xmlns:table="urn:x"/>' + table("")),
        "corrupt_xml",
        {"problem": "prefix"},
    ),
    ("ods, DOCTYPE", lambda: ods(table(""), before='<!DOCTYPE a [<!ENTITY b "c">]>'), "doctype", {}),
    ("ods in UTF-16", lambda: ods(table(""), encoding="utf-16"), "corrupt_xml", {"problem": "encoding"}),
    ("ods, DDE link", lambda: ods("<table:dde-link/>" + table("")), "dde_link", {}),
    ("ods, macro", lambda: ods(table(""), others={"Basic/Standard/a.xml": b"<a/>"}), "macro", {}),
    ("ods, script", lambda: ods("<office:script/>" + table("")), "macro", {}),
    (
        "ods, encrypted",
        lambda: ods(table(""), others={"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>"}),
        "encrypted",
        {},
    ),
    ("ods without content", lambda: packed({"mimetype": OPEN_DOCUMENT}), "corrupt_zip", {}),
    ("docx", lambda: packed({"word/document.xml": b"<a/>"}), "not_spreadsheet", {"looks_like": "docx"}),
    ("any zip", lambda: packed({"readme.txt": b"hello"}), "not_spreadsheet", {"looks_like": "zip"}),
    ("pdf", lambda: b"%PDF-1.7\n", "not_spreadsheet", {"looks_like": "pdf"}),
    (
        "html",
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        "text_not_workbook",
        {"looks_like": "html"},
    ),
    (
        "csv",
        lambda: "县,投诉\n".encode("gb18030"),
        "text_not_workbook",
        {"looks_like": "csv", "encoding": "gb18030"},
    ),
]


@pytest.mark.parametrize(
    ("build", "kind", "facts"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_hostile_file_is_refused_by_its_kind(reader, tmp_path, build, kind, facts):
    path = tmp_path / "月报.xlsx"
    path.write_bytes(build())
    began = time.monotonic()
    outcome = reader.read(path)
    assert time.monotonic() - began < FILE_SECONDS
    assert isinstance(outcome, Refusal)
    assert outcome.kind == kind
    assert outcome.kind in REFUSAL_KINDS
    assert facts.items() <= outcome.detail.items()


SHEET_JS_TYPES = (
    b'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
)
LEGITIMATE: list[tuple[str, Callable[[], bytes]]] = [
    ("one cell", lambda: packed(workbook_parts())),
    (
        "dimension that lies",
        lambda: with_part("xl/worksheets/sheet1.xml", sheet(ONE_CELL, '<dimension ref="A1:XFD1048576"/>')),
    ),
    ("style in the far corner", lambda: packed(workbook_parts(ONE_CELL + '<c r="XFD1048576" s="1"/>'))),
    ("whole column of styles", lambda: packed(workbook_parts(ONE_CELL + '<c r="B1048576" s="1"></c>'))),
    ("printer settings", lambda: with_part("xl/printerSettings/printerSettings1.bin", b"\0\1" * 500)),
    ("WPS pictures in cells", lambda: with_part("xl/cellimages.xml", b"<etc:cellImages xmlns:etc='u'/>")),
    (
        "custom XML in UTF-16",
        lambda: with_part("customXml/item1.xml", '<?xml version="1.0"?><a/>'.encode("utf-16")),
    ),
    (
        "content types as SheetJS writes them",
        lambda: edited(
            lambda parts: parts.update(
                {
                    "[Content_Types].xml": parts["[Content_Types].xml"].replace(
                        b"<Override", SHEET_JS_TYPES + b"<Override", 1
                    )
                }
            )
        ),
    ),
    ("stored, not deflated", lambda: packed(workbook_parts(), zipfile.ZIP_STORED)),
    ("template type", lambda: retyped(SHEET_TYPE.replace("sheet.main", "template.main"))),
    ("vector drawing that is no XML", lambda: with_part("xl/drawings/vmlDrawing1.vml", b"<xml><br></xml>")),
]


@pytest.mark.parametrize("build", [case[1] for case in LEGITIMATE], ids=[case[0] for case in LEGITIMATE])
def test_unusual_but_honest_workbook_is_read(reader, tmp_path, build):
    path = tmp_path / "月报.xlsx"
    path.write_bytes(build())
    outcome = reader.read(path)
    assert isinstance(outcome, Reading)
    assert outcome.sheets[0].cells.rows() == [(1, "1")]


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(strings=10), "strings"),
        (Limits(cells=19), "cells"),
        (Limits(parts=3), "parts"),
        (Limits(file_bytes=100), "file_bytes"),
        (Limits(part_bytes=300), "part_bytes"),
        (Limits(inflated_bytes=1000), "inflated_bytes"),
        (Limits(text_characters=11), "text_characters"),
        (Limits(table_bytes=10), "table_bytes"),
        (Limits(rows=9), "rows"),
        (Limits(columns=1), "columns"),
    ],
)
def test_each_limit_is_named_when_it_is_passed(tmp_path, limits, what):
    cells = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c><c r="B{row}"><v>1</v></c></row>'
        for row in range(1, 11)
    )
    strings = f'<sst xmlns="{MAIN}">{"<si><t>十二个汉字的一段文字呀</t></si>" * 11}</sst>'.replace(
        "呀", "呀呀"
    )
    path = tmp_path / "月报.xlsx"
    path.write_bytes(packed(workbook_parts(cells) | {"xl/sharedStrings.xml": strings.encode()}))
    with WorkbookReader(limits) as reader:
        outcome = reader.read(path)
    assert isinstance(outcome, Refusal)
    assert outcome.kind == "too_large"
    assert outcome.detail["what"] == what
    assert outcome.detail["found"] > outcome.detail["limit"]


def test_strings_are_counted_in_every_spelling(tmp_path):
    item = "<si><t>文</t></si>" * 20
    spellings = (
        f'<sst xmlns="{MAIN}"><si><t>sheetData</t></si>{item}</sst>',
        f'<sst xmlns="{MAIN}"><!--<sheetData>-->{item}</sst>',
        f'<x:sst xmlns:x="{MAIN}">{item.replace("<", "<x:").replace("<x:/", "</x:")}</x:sst>',
    )
    path = tmp_path / "月报.xlsx"
    with WorkbookReader(Limits(strings=10)) as reader:
        for strings in spellings:
            path.write_bytes(packed(workbook_parts() | {"xl/sharedStrings.xml": strings.encode()}))
            outcome = reader.read(path)
            assert isinstance(outcome, Refusal)
            assert (outcome.kind, outcome.detail["what"]) == ("too_large", "strings")


def test_text_repeated_in_every_cell_harms_nothing(tmp_path):
    """A file of 300 kB that the reading library unfolds to 3 GB: the process ends, the reader goes on."""
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 99_000))
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'
    hostile, honest = tmp_path / "大.xlsx", tmp_path / "小.xlsx"
    hostile.write_bytes(packed(workbook_parts(cells) | {"xl/sharedStrings.xml": strings.encode()}))
    honest.write_bytes(packed(workbook_parts()))
    with WorkbookReader(Limits(address_space_bytes=1024**3)) as reader:
        outcome = reader.read(hostile)
        assert isinstance(outcome, Refusal)
        assert outcome.kind == "unreadable"
        assert isinstance(reader.read(honest), Reading)


@pytest.mark.skipif(not CORPORA.exists(), reason="the collected workbooks lie beside the repository")
def test_collected_workbooks_end_as_recorded_within_time_and_memory(reader):
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {}
    for row in OUTCOMES:
        began = time.monotonic()
        outcome = reader.read(CORPORA / row["folder"] / row["file"])
        assert time.monotonic() - began < FILE_SECONDS, row["file"]
        found[row["file"]] = "reading" if isinstance(outcome, Reading) else outcome.kind
    assert found == {row["file"]: row["outcome"] for row in OUTCOMES}
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) * 1024 < PARENT_BYTES


@pytest.mark.skipif(not CORPORA.exists(), reason="the collected workbooks lie beside the repository")
def test_every_collected_workbook_has_a_recorded_outcome():
    collected = {
        (folder, path.name)
        for folder in ("odd-workbooks", "government-workbooks")
        for path in (CORPORA / folder).iterdir()
        if path.name != "MANIFEST.csv"
    }
    assert collected == {(row["folder"], row["file"]) for row in OUTCOMES}
    assert {row["outcome"] for row in OUTCOMES} <= {"reading", *REFUSAL_KINDS}


MUTATIONS = (
    b'<c r="ZZZ9999999"><v>1</v></c>',
    b"<!--",
    b"<![CDATA[",
    b"&#0;",
    b"'",
    b"</row>",
    b"<f>",
    b"-1",
    b"99999999999",
    b"\xff\xfe",
    b"\0",
)


def mutated(chance: random.Random) -> bytes:
    """A workbook damaged in one of its parts, or in its bytes as a whole."""
    parts = workbook_parts('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>')
    name = chance.choice([*parts, "package"])
    content = packed(parts) if name == "package" else parts[name]
    at = chance.randrange(len(content))
    damage = chance.choice([*MUTATIONS, content[at : at + 40]])
    broken = content[:at] + damage + content[at + chance.randrange(30) :]
    return broken if name == "package" else packed(parts | {name: broken})


def test_damaged_workbooks_end_in_an_outcome_that_was_foreseen(reader, tmp_path):
    path = tmp_path / "月报.xlsx"
    for seed in range(300):
        path.write_bytes(mutated(random.Random(seed)))
        outcome = reader.read(path)
        if isinstance(outcome, Refusal):
            assert outcome.kind in REFUSAL_KINDS, seed
            # 1 is Python's own code for an exception nobody caught; a signal is the system's limit at work.
            assert outcome.detail.get("exit_code") != 1, seed
        else:
            assert len(outcome.sha256) == 64
