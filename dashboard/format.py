"""How figures are written: pure functions from numbers to words, the same on every page.

A rounded value never crosses a threshold its exact value does not cross (4.996 of a target of 5 is
written 4.99), and what does not exist is written –, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from dashboard.i18n import LANGUAGE, deferred, of, t
from metrics.dimensions import Target
from metrics.kpi import Kpi

MISSING = "–"
POINTS = {"%": deferred("个百分点")}
"""A difference of percentages is counted in points."""


def number(
    value: float | Decimal | None, decimals: int, *, threshold: float | None = None, side: int = 0
) -> str:
    """A number with thousands separators, rounded half up, kept on its side of a threshold.

    ``side`` is -1 where the exact value lies below the threshold and 1 where it lies above, as far as
    the number itself cannot say so.
    """
    if value is None:
        return MISSING
    exact, step = Decimal(str(value)), Decimal(1).scaleb(-decimals)
    rounded = round_half_up(value, decimals)
    if threshold is not None:
        rounded = _on_its_side(exact, rounded, step, Decimal(str(threshold)), side)
    return f"{rounded + 0:,.{decimals}f}"


def round_half_up(value: float | Decimal, decimals: int) -> Decimal:
    """A number as it is written, away from any threshold."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _on_its_side(exact: Decimal, rounded: Decimal, step: Decimal, threshold: Decimal, side: int) -> Decimal:
    side = side or (exact > threshold) - (exact < threshold)
    if side < 0 and rounded >= threshold:
        below = threshold.quantize(step, ROUND_FLOOR)
        return below if below < threshold else below - step
    if side > 0 and rounded <= threshold:
        above = threshold.quantize(step, ROUND_CEILING)
        return above if above > threshold else above + step
    return rounded


def figure(kpi: Kpi, row: Mapping[str, object]) -> str:
    """The value of a row of figures, rounded to the KPI's decimals on its side of the target."""
    value, threshold = row["value"], row["target"]
    if value is None or row["status"] not in ("met", "missed"):
        return number(value, kpi.decimals)
    good = 1 if kpi.direction == "up" else -1
    if row["status"] == "missed":
        return number(value, kpi.decimals, threshold=threshold, side=-good)
    # The judgement is exact, the value a float: one that meets its target is not short of it.
    value = max(value * good, threshold * good) * good
    near = round_half_up(value, kpi.decimals)
    reached = (near - Decimal(str(threshold))) * good >= 0
    return number(value, kpi.decimals, threshold=None if reached else threshold)


def short_of(kpi: Kpi, row: Mapping[str, object]) -> str:
    """How far a value as it is written lies from its target: 0.8个百分点."""
    written, target_ = Decimal(figure(kpi, row).replace(",", "")), Decimal(str(row["target"]))
    distance = plain(abs(written - target_))
    return (
        t("{amount}{unit}", amount=distance, unit=t(POINTS[kpi.unit_zh]))
        if kpi.unit_zh in POINTS
        else distance
    )


def whole(value: float | None) -> str:
    """A count of persons, cases or answers."""
    return number(value, 0)


def cases(value: float | None) -> str:
    """How many cases a value rests on."""
    return f"n={whole(value)}"


def plain(value: float | Decimal) -> str:
    """A number as short as it is exact to two decimals: 90, 67.5, 83.33."""
    text = number(value, 2)
    return text.rstrip("0").rstrip(".")


def target(kpi: Kpi, value: float | None) -> str:
    """A target with the direction that is good: ≥90, ≤5."""
    return MISSING if value is None else ("≤" if kpi.direction == "down" else "≥") + plain(value)


def target_label(held: Target | None) -> str:
    """Where a target stands: 设定值 when no document gives it, 参考值 when its scope says so."""
    if held is None:
        return ""
    if held.is_setting:
        return t("设定值")
    # The campaign's targets say in their scope that a rule of another place serves as a reference.
    return t("参考值") if "参考值" in held.scope_zh else ""


def change(kpi: Kpi, now: float | None, before: float | None, *, with_unit: bool = True) -> str | None:
    """The difference from an earlier value with its arrow and unit; None without a base to compare with."""
    if now is None or before is None:
        return None
    difference = Decimal(str(now)) - Decimal(str(before))
    if difference == 0:
        return t("持平")
    step = Decimal(1).scaleb(-kpi.decimals)
    size = number(abs(difference), kpi.decimals)
    amount = size if abs(difference) >= step / 2 else f"<{step}"
    arrow = "↑" if difference > 0 else "↓"
    if with_unit and kpi.unit_zh in POINTS:
        amount = t("{amount}{unit}", amount=amount, unit=t(POINTS[kpi.unit_zh]))
    return f"{arrow}{amount}"


def month(day: date) -> str:
    """2026年9月."""
    return f"{day.year}年{day.month}月" if LANGUAGE.get() == "zh" else f"{day:%B %Y}"


def day(value: date) -> str:
    """9月20日."""
    return f"{value.month}月{value.day}日" if LANGUAGE.get() == "zh" else f"{value.day} {value:%b}"


def unit(kpi: Kpi) -> str:
    """The unit a KPI is measured in."""
    return of(kpi, "unit")


def measured(kpi: Kpi, written: str) -> str:
    """A value as it is written with its unit: 92.3%, 61人; in words of letters set apart, 61 officers."""
    return written + "%" if unit(kpi) == "%" else t("{amount}{unit}", amount=written, unit=unit(kpi))


def unformatted(text: str) -> str:
    """A text for where Streamlit reads Markdown: signs and brackets typed into cells and names are no formatting."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|:$~" else sign for sign in text)
