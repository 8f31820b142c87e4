"""The arrows between the folders, held by reading the imports."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDERS = ("etl", "metrics", "dashboard")
MODULES = sorted(path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*.py"))

FORBIDDEN = {
    "etl": {"metrics", "dashboard", "streamlit", "pandas", "plotly", "pydeck"},
    "metrics": {"etl", "dashboard", "streamlit", "pandas", "plotly", "pydeck", "openpyxl", "python_calamine"},
    "dashboard": {"pandas", "python_calamine"},
}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are written from the top-level package"
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_folder_imports_only_what_its_arrows_allow(path):
    folder = path.relative_to(REPOSITORY).parts[0]
    assert imported(path) & FORBIDDEN[folder] == set()


def test_only_the_queries_of_the_dashboard_caches_or_opens_builds():
    users = {
        path.parent.name
        for path in (REPOSITORY / "dashboard").rglob("*.py")
        if "st.cache_" in path.read_text(encoding="utf-8") or "open_build" in path.read_text(encoding="utf-8")
    }
    assert users <= {"queries"}


def test_only_handing_in_touches_workbooks_as_received():
    """They hold personal data: nothing leads to them but the marked copy of a unit's own draft."""
    users = {
        path.relative_to(REPOSITORY / "dashboard").as_posix()
        for path in (REPOSITORY / "dashboard").rglob("*.py")
        if "store.workbooks" in path.read_text(encoding="utf-8")
    }
    assert users == {"services/hand_in.py"}


def test_data_holds_files_only():
    assert list((REPOSITORY / "data").rglob("*.py")) == []
