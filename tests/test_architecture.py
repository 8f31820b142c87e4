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


def naming(words: str) -> set[str]:
    """The modules in whose text these words stand."""
    return {
        path.relative_to(REPOSITORY).as_posix()
        for path in MODULES
        if words in path.read_text(encoding="utf-8")
    }


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


@pytest.mark.parametrize(
    ("folder", "modules"),
    [
        (
            "store.workbooks",
            {"dashboard/services/checking.py", "dashboard/services/hand_in.py", "etl/accept.py"},
        ),
        ("store.merging", {"dashboard/services/merging.py", "etl/keeping/batches.py"}),
    ],
)
def test_only_checking_handing_in_and_merging_touch_workbooks_as_received(folder, modules):
    """They hold personal data: nothing leads to them but a unit's own marked copy and its own merged workbook."""
    assert naming(folder) == modules


def test_only_merging_and_purging_know_of_batches():
    users = naming("etl.keeping.batches") | naming("etl.keeping import batches")
    assert users == {
        "dashboard/components/hand_in_merge.py",
        "dashboard/services/keeping.py",
        "dashboard/services/merging.py",
        "etl/__main__.py",
    }


def bound(path: Path) -> set[str]:
    """The names a module binds into what is called later: into partials, lambdas, functions within functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    later = [
        *(node for node in ast.walk(tree) if isinstance(node, ast.Lambda)),
        *(
            inner
            for outer in functions
            for inner in ast.walk(outer)
            if inner in functions and inner is not outer
        ),
        *(
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "partial"
        ),
    ]
    return {
        name.id
        for node in later
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)
    }


def test_nobody_is_remembered_from_one_run_of_a_page_to_the_next():
    """Whoever presses acts as they may act then: who they were when the page was drawn is kept in no callback."""
    pages = [path for path in MODULES if path.parent.name in ("components", "views")]
    assert any("here" in bound(path) for path in pages)
    assert [path.name for path in pages if "principal" in bound(path)] == []


def test_data_holds_files_only():
    assert list((REPOSITORY / "data").rglob("*.py")) == []
