"""Who may do what: the table people read is the table the program obeys."""

import pytest

from dashboard.access.permissions import PERMISSIONS, ROLES, read_permissions
from dashboard.access.principal import NOBODY, Principal, RefusedError, may, may_somewhere, require
from dashboard.pages import PAGES

OWN, FOREIGN = "530100", "530300"


def somebody(*roles: str, units: frozenset[str] = frozenset({OWN})) -> Principal:
    return Principal(account_id="somebody", name="某人", roles=frozenset(roles), units=units)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", PERMISSIONS)
def test_a_role_reaches_as_far_as_its_cell_says(action, role):
    cell = PERMISSIONS[action].reach[role]
    person = somebody(role)
    assert may(person, action, OWN) == (cell != "")
    assert may(person, action, FOREIGN) == (cell == "all")
    assert may(person, action) == (cell == "all")
    assert may_somewhere(person, action) == (cell != "")


@pytest.mark.parametrize("action", [*PERMISSIONS, "page.nowhere", ""])
def test_nobody_may_anything_and_nobody_may_what_is_not_entered(action):
    assert not may(NOBODY, action, OWN)
    with pytest.raises(RefusedError, match="无权"):
        require(NOBODY, action, OWN)
    if action not in PERMISSIONS:
        assert not any(may(somebody(role), action, OWN) for role in ROLES)


@pytest.mark.parametrize("action", PERMISSIONS)
def test_a_liaison_of_no_unit_reaches_none(action):
    person = somebody("liaison", units=frozenset())
    assert may(person, action, OWN) == (PERMISSIONS[action].reach["liaison"] == "all")


@pytest.mark.parametrize("action", PERMISSIONS)
def test_who_must_change_the_password_may_nothing_before(action):
    everything = Principal(
        account_id="a", name="甲", roles=frozenset(ROLES), units=frozenset({OWN}), must_change_password=True
    )
    assert not may(everything, action, OWN)
    assert not may_somewhere(everything, action)


def test_several_roles_reach_as_far_as_the_furthest():
    assert may(somebody("liaison", "reviewer"), "page.unit", FOREIGN)
    assert not may(somebody("liaison"), "page.unit", FOREIGN)


def test_every_page_is_in_the_table():
    assert {f"page.{page.key}" for page in PAGES} <= PERMISSIONS.keys()


def test_a_liaison_never_sees_the_live_figures_of_others():
    live = ("page.overview", "page.ranking", "page.map", "page.indicator", "page.progress", "unit.compare")
    assert [action for action in live if PERMISSIONS[action].reach["liaison"]] == []
    assert PERMISSIONS["page.unit"].reach["liaison"] == "own"


def test_a_misspelt_cell_is_no_permission(tmp_path):
    path = tmp_path / "permissions.csv"
    path.write_text(f"action,title_zh,title_en,{','.join(ROLES)}\nx,做,Do,ALL,,,,,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="viewer"):
        read_permissions(path)
