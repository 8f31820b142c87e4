"""A real store with its doors for one test, and a good workbook to hand in."""

import pytest

from tests.services.stores import DIQING, doors_of, published, workbook


@pytest.fixture
def here(tmp_path):
    """The doors of an empty store; what was accepted in the test is built before it ends."""
    doors = doors_of(tmp_path / "store")
    yield doors
    published()


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    """A good workbook of 迪庆州, the smallest prefecture."""
    return workbook(tmp_path_factory.mktemp("good"), DIQING)
