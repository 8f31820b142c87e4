"""How one cell is settled that several workbooks may have filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etl.conflicts import Place
from etl.merging.contents import Source
from etl.schema import Column


def settled(
    column: Column, sources: Sequence[Source], issued: object = None
) -> tuple[object, tuple[Place, ...]]:
    """The one value the sources give a column, or None and where they differ.

    A blank says nothing, and neither does the value the template was ``issued`` with: whoever changed it knows
    more than those who left it alone.
    """
    given = [(each.values.get(column.name), each) for each in sources]
    said = {value for value, _ in given if value is not None and value != issued}
    if not said:
        return (issued if any(value is not None for value, _ in given) else None), ()
    if len(said) == 1:
        return said.pop(), ()
    return None, in_order(each.place(column) for value, each in given if value in said)


def in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    """Places by file and cell, each once: the order in which files came decides nothing."""
    return tuple(sorted(set(places), key=lambda each: (each.column, each.file, each.cell, each.value)))
