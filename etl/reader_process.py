"""The process that reads received workbooks, one at a time, so that no file can harm the program.

`python -m etl.reader_process LIMITS` takes its limits as JSON and then one job a line on standard input,
`{"path", "folder"}`; it says READY once, then answers each with one line: `{"refusal": {kind, detail}}`, or `{"reading": …}`
whose tables lie in the job's folder as Arrow files, with its own peak memory as `peak_bytes`.

Address space, processor time, file size and core files are limited by the operating system
(`resource`, POSIX). On Windows, which has none of these, only the parent's wall clock limit holds.
"""

import hashlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from etl.gate import Limits, RefusedError, check_container, refused
from etl.package import package_parts
from etl.sheet_scan import scan_parts
from etl.sheet_tables import check_tables, sheet_tables
from etl.workbook_parts import workbook_facts

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
WRITTEN_FILE_BYTES = 256 * 1024**2


def read_workbook(content: bytes, folder: Path, limits: Limits) -> dict[str, object]:
    """The facts of a workbook; the tables of its n-th sheet are written as `n.cells` and `n.marks`.

    Raises RefusedError with any kind of REFUSAL_KINDS.
    """
    check_container(content)
    parts = package_parts(content, limits)
    facts = workbook_facts(content, parts, limits)
    scans = scan_parts(content, parts, limits)
    sheets = []
    with _called(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content))) as workbook:
        for index, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            part = facts.sheet_parts.get(sheet.name, "")
            if part not in scans:
                raise refused("corrupt_xml", part=part or sheet.name, problem="sheet_without_data")
            cells, marks = sheet_tables(_called(workbook.get_sheet_by_index, index), scans[part])
            check_tables(cells, marks, limits)
            cells.write_ipc(folder / f"{index}.cells")
            marks.write_ipc(folder / f"{index}.marks")
            visible = next(name for value, name in VISIBILITY if value == sheet.visible)
            sheets.append({"title": sheet.name, "visible": visible, "file": str(index)})
    return {
        "sheets": sheets,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "date_1904": facts.date_1904,
        "external_links": facts.external_links,
        "custom": facts.custom,
    }


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
        content = Path(job["path"]).read_bytes()
        return {"reading": read_workbook(content, Path(job["folder"]), limits)}
    except RefusedError as error:
        return {"refusal": {"kind": error.refusal.kind, "detail": error.refusal.detail}}
    except MemoryError:
        return {"refusal": {"kind": "unreadable", "detail": {"problem": "memory"}}}


def limit_process(limits: Limits) -> None:
    """Give this process its limits for good; Linux counts address space, so threads are kept few."""
    if resource is None:
        return
    space = limits.address_space_bytes
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_FILE_BYTES, WRITTEN_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_job(limits: Limits) -> None:
    """Allow the next job its processor seconds beyond those used so far."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime) + 1 + limits.processor_seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


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
    pl.Series([""]).replace("", None)  # polars starts its threads now, not inside the first job's limits
    print(READY, flush=True)
    for line in sys.stdin:
        limit_job(limits)
        print(json.dumps(answer(json.loads(line), limits) | {"peak_bytes": peak_bytes()}), flush=True)


if __name__ == "__main__":
    main()
