"""Reading a received workbook, in another process that no file can take the program down with.

`WorkbookReader` owns that process: it starts one, hands it one file at a time, and starts the next one
only when a file killed the first, so that two hundred workbooks cost one start.
"""

import contextlib
import errno
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

import polars as pl

from etl.gate import Limits, Refusal
from etl.reading.sheet_tables import sheet_tables

PACKAGE_FOLDER = Path(__file__).resolve().parent.parent
# A process that once held more than this is replaced: its memory would not come back.
KEPT_PROCESS_BYTES = 1024**3
# How long a process whose output has ended may take to leave by itself, so that its own code is seen.
LAST_SECONDS = 5
START_SECONDS = 60
# Environment the reading process keeps: what the system's loader and temporary files need, nothing else.
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")


@dataclass(frozen=True, kw_only=True)
class SheetReading:
    """One worksheet.

    `visible` is visible, hidden or very_hidden. `cells` has `row` (Int32, from 1) and a text column for each
    sheet column up to the last with a value, named by its number ("1" is A); rows without any value are
    left out, a cell that is empty or blank is null. `marks` (row, column, kind, detail) lists exceptional
    cells, with the kinds of sheet_tables.MARK_KINDS.
    """

    title: str
    visible: str
    cells: pl.DataFrame
    marks: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A workbook as read: `sheets` in the workbook's order, `size` in bytes.

    `custom` holds the document's custom properties as text; `external_links` the files formulas refer to,
    which are never fetched.
    """

    sheets: tuple[SheetReading, ...]
    sha256: str
    size: int
    date_1904: bool
    external_links: tuple[str, ...]
    custom: dict[str, str]


class WorkbookReader:
    """Reads workbooks one at a time in a limited process; a context manager, safe to share among threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._folder = tempfile.TemporaryDirectory(prefix="workbook-reader-", ignore_cleanup_errors=True)

    def __enter__(self) -> "WorkbookReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._end_process()
            self._folder.cleanup()

    def read(self, path: Path) -> Reading | Refusal:
        """Read one file, or say why not.

        Raises OSError where the file cannot be opened at all; whatever it contains, the outcome is a value.
        """
        if not path.is_file():
            raise FileNotFoundError(errno.ENOENT, "not an ordinary file", str(path))
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
        if size == 0:
            return Refusal(kind="empty_file", detail={})
        if size > self._limits.file_bytes:
            detail = {"what": "file_bytes", "found": size, "limit": self._limits.file_bytes}
            return Refusal(kind="too_large", detail=detail)
        with (
            self._lock,
            tempfile.TemporaryDirectory(dir=self._folder.name, ignore_cleanup_errors=True) as folder,
        ):
            try:
                return self._outcome(path.resolve(), Path(folder))
            except BaseException:
                # An interrupted job would answer the next question.
                self._end_process()
                raise

    def _outcome(self, path: Path, folder: Path) -> Reading | Refusal:
        process = self._process or self._start_process()
        try:
            process.stdin.write(json.dumps({"path": str(path), "folder": str(folder)}) + "\n")
            process.stdin.flush()
            answer = self._answers.get(timeout=self._limits.wall_seconds)
        except queue.Empty:
            return Refusal(kind="unreadable", detail={"problem": "time", "exit_code": self._end_process()})
        except BrokenPipeError:
            answer = None
        if answer is None:
            return self._death(process)
        message = json.loads(answer)
        if message["peak_bytes"] > KEPT_PROCESS_BYTES:
            self._end_process()
        if "refusal" in message:
            return Refusal(**message["refusal"])
        return _reading(message["reading"], folder)

    def _death(self, process: subprocess.Popen[str]) -> Refusal:
        """What is said of a file that ended its process; a negative exit code is the signal's number."""
        try:
            process.wait(timeout=LAST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        return Refusal(
            kind="unreadable", detail={"problem": "process_died", "exit_code": self._end_process()}
        )

    def _start_process(self) -> subprocess.Popen[str]:
        errors = Path(self._folder.name) / "errors.txt"
        with errors.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "etl.reading.process", json.dumps(asdict(self._limits))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=self._folder.name,
                env=_environment(),
                text=True,
                encoding="utf-8",
            )
        self._answers = queue.SimpleQueue()
        threading.Thread(target=_collect, args=(self._process, self._answers), daemon=True).start()
        # A process that cannot even start is a fault of the installation, not of the file.
        if not self._started():
            self._end_process()
            raise RuntimeError(
                f"the reading process did not start: {errors.read_text(errors='replace')[-500:]}"
            )
        return self._process

    def _started(self) -> bool:
        try:
            return self._answers.get(timeout=START_SECONDS) is not None
        except queue.Empty:
            return False

    def _end_process(self) -> int:
        """End the process, if there is one; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.kill()
        code = process.wait()
        # A job the process did not live to read is still in the pipe's buffer; it concerns nobody now.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        return code


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return kept | {
        "PYTHONPATH": str(PACKAGE_FOLDER),
        "PYTHONUTF8": "1",
    }


def _collect(process: subprocess.Popen[str], answers: "queue.SimpleQueue[str | None]") -> None:
    """Pass the process's lines on, and None when it has ended."""
    with process.stdout as lines:
        for line in lines:
            answers.put(line)
    answers.put(None)


def _reading(facts: dict, folder: Path) -> Reading:
    sheets = []
    for sheet in facts["sheets"]:
        cells, marks = sheet_tables(folder / sheet["file"])
        sheets.append(SheetReading(title=sheet["title"], visible=sheet["visible"], cells=cells, marks=marks))
    return Reading(
        sheets=tuple(sheets),
        sha256=facts["sha256"],
        size=facts["size"],
        date_1904=facts["date_1904"],
        external_links=tuple(facts["external_links"]),
        custom=facts["custom"],
    )
