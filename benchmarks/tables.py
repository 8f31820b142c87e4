"""Times of many reruns in two figures, and rows as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from benchmarks.websocket_session import Rerun


def times(reruns: Sequence[Rerun]) -> dict[str, float]:
    seconds = [rerun.seconds for rerun in reruns]
    return {"p50_ms": _percentile(seconds, 50), "p95_ms": _percentile(seconds, 95)}


def _percentile(seconds: Iterable[float], percent: int) -> float:
    """The nearest-rank percentile, in milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[ceil(percent / 100 * len(ordered)) - 1] * 1000, 1)


def print_table(rows: Sequence[dict[str, object]]) -> None:
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
