"""The process that reads received workbooks, one at a time, so that no file can harm the program.

`python -m etl.reading.process LIMITS` takes its limits as JSON and then one job a line on standard input,
`{"path", "folder"}`; it says READY once, then answers each with one line: `{"refusal": {kind, detail}}`, or `{"reading": …}`
whose sheets lie in the job's folder as files of texts, with its own peak memory as `peak_bytes`. It does without the
library of tables: that takes longer to load than an ordinary workbook to read.

Address space, processor time, file size and core files are limited by the operating system
(`resource`, POSIX). On Windows, which has none of these, only the parent's wall clock limit holds.
"""

import gc
import hashlib
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from etl.gate import Limits, RefusedError, check_container, refused, too_large
from etl.reading.open_document import is_open_document, open_document
from etl.reading.package import package_parts
from etl.reading.parts import WorkbookFacts, workbook_facts
from etl.reading.sheet_parse import SheetScan
from etl.reading.sheet_scan import scan_parts
from etl.reading.sheet_texts import sheet_texts, write_texts

try:
    import resource
except ImportError:  # Windows
    resource = None

Result = TypeVar("Result")

VISIBILITY = (
    (SheetVisibleEnum.Visible, "visible"),
    (SheetVisibleEnum.Hidden, "hidden"),
    (SheetVisibleEnum.VeryHidden, "very_hidden"),
)
READY = "ready"


def read_workbook(content: bytes, folder: Path, limits: Limits) -> dict[str, object]:
    """The facts of a workbook; the texts of its n-th sheet are written as file `n`.

    Raises RefusedError with any kind of REFUSAL_KINDS.
    """
    check_container(content)
    parts = package_parts(content, limits)
    if is_open_document(content, parts, limits):
        facts, scans = open_document(content, parts, limits)
    else:
        facts = workbook_facts(content, parts, limits)
        try:
            scans = scan_parts(content, parts, limits)
        except RefusedError as error:
            _name_sheet(error, facts)
            raise
    with _called(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content))) as workbook:
        sheets = _read_sheets(workbook, facts, scans, folder, limits)
    return {
        "sheets": sheets,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "date_1904": facts.date_1904,
        "external_links": facts.external_links,
        "custom": facts.custom,
    }


def _name_sheet(error: RefusedError, facts: WorkbookFacts) -> None:
    """Say of a refusal for something in a part which sheet that is: nobody who fills in a sheet knows of parts."""
    part = str(error.refusal.detail.get("part", "")).casefold()
    titles = [title for title, of_sheet in facts.sheet_parts.items() if of_sheet == part]
    if titles:
        error.refusal.detail["sheet"] = titles[0]


def _read_sheets(
    workbook: CalamineWorkbook,
    facts: WorkbookFacts,
    scans: dict[str, SheetScan],
    folder: Path,
    limits: Limits,
) -> list[dict[str, str]]:
    """Write the texts of every worksheet, as long as all of them together stay within the limit."""
    sheets, held = [], 0
    for index, sheet in enumerate(workbook.sheets_metadata):
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        part = facts.sheet_parts.get(sheet.name, "")
        if part not in scans:
            raise refused("corrupt_xml", part=part or sheet.name, problem="sheet_without_data")
        texts = sheet_texts(_called(workbook.get_sheet_by_index, index), scans[part])
        held = write_texts(texts, folder / str(index), limits, held)
        visible = next(name for value, name in VISIBILITY if value == sheet.visible)
        sheets.append({"title": sheet.name, "visible": visible, "file": str(index)})
    return sheets


def _called(read: Callable[..., Result], *arguments: object) -> Result:
    """Run one call of the reading library and turn its complaint into a refusal."""
    try:
        return read(*arguments)
    except PasswordError as error:
        raise refused("encrypted") from error
    except ZipError as error:
        raise refused("corrupt_zip", problem=str(error)[:200]) from error
    except XmlError as error:
        raise refused("corrupt_xml", problem=str(error)[:200]) from error
    except (CalamineError, OSError) as error:
        raise refused("unreadable", problem=str(error)[:200]) from error


def answer(job: dict[str, str], limits: Limits) -> dict[str, object]:
    """Do one job. Memory that runs out is a fact about the file; anything unforeseen ends the process."""
    try:
        content = _content(Path(job["path"]), limits)
        return {"reading": read_workbook(content, Path(job["folder"]), limits)}
    except RefusedError as error:
        return {"refusal": {"kind": error.refusal.kind, "detail": error.refusal.detail}}
    except MemoryError:
        return {"refusal": {"kind": "unreadable", "detail": {"problem": "memory"}}}


def _content(path: Path, limits: Limits) -> bytes:
    """The whole file, read once: all that follows sees the same bytes, whatever happens to the file."""
    with path.open("rb") as file:
        content = file.read(limits.file_bytes + 1)
    if len(content) > limits.file_bytes:
        raise too_large("file_bytes", len(content), limits.file_bytes)
    return content


def limit_process(limits: Limits) -> None:
    """Give this process its limits for good."""
    if resource is None:
        return
    for kind, value in (
        (resource.RLIMIT_AS, limits.address_space_bytes),
        (resource.RLIMIT_FSIZE, limits.table_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (lowered, lowered))


def limit_job(limits: Limits) -> None:
    """Allow the next job its processor seconds beyond those used so far."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime) + 1 + limits.processor_seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (seconds if hard == resource.RLIM_INFINITY else min(seconds, hard), hard)
    )


def peak_bytes() -> int:
    """The most memory this process has held; 0 where the system does not say."""
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    """Serve jobs until standard input ends."""
    limits = Limits(**json.loads(sys.argv[1]))
    limit_process(limits)
    # Whatever a library prints goes to standard error, so that the answers alone reach the parent.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(READY, file=answers, flush=True)
    # Millions of cells make no cycles; looking for some again and again would cost a tenth of the time.
    gc.disable()
    gc.freeze()
    for line in sys.stdin:
        limit_job(limits)
        message = answer(json.loads(line), limits) | {"peak_bytes": peak_bytes()}
        print(json.dumps(message), file=answers, flush=True)
        gc.collect()


if __name__ == "__main__":
    main()
