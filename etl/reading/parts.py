"""What a package says about its workbook: which part is which sheet, macros, links, the date system.

Parts are found by relationship and content type, as Office Open XML prescribes (ECMA-376 part 2, 6.5 and
7.2), so a sheet kept at an unusual path or under another extension is still found.
"""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.parsers import expat

from etl.gate import Limits, refused
from etl.reading.package import Part, inflated

CUSTOM_PROPERTIES_PART = "docprops/custom.xml"
MACRO_TYPES = ("vbaproject", "macrosheet")
LISTED_LINKS = 1_000
LISTED_CHARACTERS = 500


@dataclass(frozen=True, kw_only=True)
class Element:
    """A start tag without its prefix, with the text that follows it directly."""

    name: str
    attributes: dict[str, str]
    text: str


@dataclass(frozen=True, kw_only=True)
class WorkbookFacts:
    """The workbook as its package describes it; `sheet_parts` is sheet title to part name, case folded."""

    sheet_parts: dict[str, str]
    date_1904: bool
    external_links: tuple[str, ...]
    custom: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class _Package:
    parts: dict[str, Part]
    pieces: Callable[[Part], Iterator[bytes]]


def workbook_facts(content: bytes, parts: tuple[Part, ...], limits: Limits) -> WorkbookFacts:
    """Read the small parts that describe a workbook.

    Raises RefusedError: ods, not_spreadsheet, legacy_xlsb, macro, corrupt_xml, doctype.
    """
    package = _Package(
        parts={part.name.casefold(): part for part in parts},
        pieces=lambda part: inflated(content, part, limits),
    )
    _check_open_document(package)
    workbook = _workbook_name(package)
    _check_macros(package, workbook)
    elements = _elements(package, workbook, {"workbookPr", "sheet"})
    targets = {link.get("Id"): _resolved(workbook, link) for link in _relationships(package, workbook)}
    return WorkbookFacts(
        sheet_parts={
            element.attributes["name"]: targets.get(_relationship_id(element), "")
            for element in elements
            if element.name == "sheet" and "name" in element.attributes
        },
        date_1904=any(element.attributes.get("date1904") in ("1", "true") for element in elements),
        external_links=_external_links(package),
        custom=_custom_properties(package),
    )


def elements_in(pieces: Iterator[bytes], part: str, wanted: set[str]) -> list[Element]:
    """The wanted elements of an XML part, in document order.

    Raises RefusedError: doctype, corrupt_xml.
    """
    found: list[tuple[str, dict[str, str], list[str]]] = []
    texts: list[list[str]] = [[]]

    def start(tag: str, attributes: dict[str, str]) -> None:
        text: list[str] = []
        name = local_name(tag)
        if name in wanted:
            found.append((name, attributes, text))
        texts[0] = text

    def end(_tag: str) -> None:
        texts[0] = []

    def characters(text: str) -> None:
        texts[0].append(text)

    parser = refusing_parser(part)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    feed(parser, pieces, part)
    return [Element(name=name, attributes=facts, text="".join(text)) for name, facts, text in found]


def refusing_parser(part: str) -> expat.XMLParserType:
    """An XML parser that refuses any document type declaration, and with it every entity."""

    def doctype(*_declaration: object) -> None:
        raise refused("doctype", part=part[:200])

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = doctype
    return parser


def feed(parser: expat.XMLParserType, pieces: Iterator[bytes], part: str) -> None:
    """Parse a part piece by piece; raises RefusedError corrupt_xml where it is not well formed."""
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refused("corrupt_xml", part=part[:200], problem=str(error)[:200]) from error
    except (ValueError, LookupError) as error:
        raise refused("corrupt_xml", part=part[:200], problem="encoding") from error


def local_name(tag: str) -> str:
    """The tag without its namespace prefix."""
    return tag.partition(":")[2] or tag


def _elements(package: _Package, name: str, wanted: set[str]) -> list[Element]:
    part = package.parts.get(name.casefold())
    return elements_in(package.pieces(part), part.name, wanted) if part else []


def _relationships(package: _Package, name: str) -> list[dict[str, str]]:
    folder, file = posixpath.split(name)
    elements = _elements(package, posixpath.join(folder, "_rels", f"{file}.rels"), {"Relationship"})
    return [element.attributes for element in elements]


def _resolved(source: str, link: dict[str, str]) -> str:
    """The part a relationship points to, case folded."""
    target = link.get("Target", "")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/").casefold()


def _relationship_id(element: Element) -> str | None:
    return next(
        (value for key, value in element.attributes.items() if ":" in key and local_name(key) == "id"), None
    )


def _check_open_document(package: _Package) -> None:
    """Refuse what OpenDocument has beside the spreadsheet that is read elsewhere: templates, texts, drawings."""
    mimetype = package.parts.get("mimetype")
    if mimetype is None:
        return
    text = b"".join(package.pieces(mimetype))[:200]
    if b"opendocument.spreadsheet" in text:
        raise refused("ods")
    raise refused("not_spreadsheet", looks_like="odf" if b"opendocument" in text else "zip")


def _workbook_name(package: _Package) -> str:
    """The main part, by the package's own relationships."""
    main = [
        _resolved("", link)
        for link in _relationships(package, "")
        if link.get("Type", "").endswith("/officeDocument")
    ]
    name = main[0] if main else "xl/workbook.xml"
    if name.endswith(".bin") and name in package.parts:
        raise refused("legacy_xlsb")
    if name not in package.parts or name.startswith(("word/", "ppt/", "visio/")):
        raise refused("not_spreadsheet", looks_like=_other_document(package))
    return name


def _other_document(package: _Package) -> str:
    for folder, name in (("word/", "docx"), ("ppt/", "pptx"), ("visio/", "vsdx")):
        if any(part.startswith(folder) for part in package.parts):
            return name
    return "zip"


def _check_macros(package: _Package, workbook: str) -> None:
    kinds = _content_types(package)
    if "macroenabled" in kinds.get(workbook, ""):
        raise refused("macro", part=workbook)
    for name in package.parts:
        if any(macro in name or macro in kinds.get(name, "") for macro in MACRO_TYPES):
            raise refused("macro", part=name)
    for link in _relationships(package, workbook):
        if any(macro in link.get("Type", "").casefold() for macro in MACRO_TYPES):
            raise refused("macro", part=link.get("Target", "")[:200])


def _content_types(package: _Package) -> dict[str, str]:
    """Part name to its content type, both case folded: its own, else the one of its extension."""
    extensions: dict[str, str] = {}
    own: dict[str, str] = {}
    for element in _elements(package, "[Content_Types].xml", {"Default", "Override"}):
        kind = element.attributes.get("ContentType", "").casefold()
        if element.name == "Default":
            extensions[element.attributes.get("Extension", "").casefold()] = kind
        else:
            own[element.attributes.get("PartName", "").lstrip("/").casefold()] = kind
    return {name: own.get(name, extensions.get(name.rpartition(".")[2], "")) for name in package.parts}


def _external_links(package: _Package) -> tuple[str, ...]:
    """The files that formulas refer to; nothing is ever fetched."""
    found: list[str] = []
    for name in package.parts:
        if name.endswith(".rels") and "externallinks/" in name:
            links = [element.attributes for element in _elements(package, name, {"Relationship"})]
            found.extend(link.get("Target", "") for link in links if link.get("TargetMode") == "External")
    return tuple(target[:LISTED_CHARACTERS] for target in found[:LISTED_LINKS])


def _custom_properties(package: _Package) -> dict[str, str]:
    """The document's custom properties: the template's version, and the program a file was saved by."""
    elements = _elements(package, CUSTOM_PROPERTIES_PART, {"property", *CUSTOM_VALUE_TYPES})
    properties: dict[str, str] = {}
    for element, value in pairwise(elements):
        if element.name == "property" and value.name in CUSTOM_VALUE_TYPES:
            properties[element.attributes.get("name", "")[:LISTED_CHARACTERS]] = value.text[
                :LISTED_CHARACTERS
            ]
    return dict(list(properties.items())[:LISTED_LINKS])


# ECMA-376 part 1, 22.4: the variant types custom properties use in practice.
CUSTOM_VALUE_TYPES = frozenset(
    ("lpwstr", "lpstr", "bstr", "i4", "int", "i2", "r8", "bool", "filetime", "date")
)
