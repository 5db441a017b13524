"""Every point at which a process can be made to die is there: a renamed function is found here, in no time."""

import pytest

from tests.jobs.faults.points import POINTS, owner_of


@pytest.mark.parametrize("name", POINTS)
def test_a_point_names_a_function_of_the_product(name: str) -> None:
    owner, function = owner_of(POINTS[name])

    assert callable(getattr(owner, function))
