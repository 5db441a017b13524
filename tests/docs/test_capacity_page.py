"""docs/explanation/capacity-planning.md shows what its commands say."""

from bench.capacity_page import PAGE, refreshed


def test_the_figures_of_the_page_are_those_of_the_program() -> None:
    page = PAGE.read_text()
    assert (page.count("it keeps up"), page.count("IT DOES NOT KEEP UP")) == (3, 1)
    assert page.count("| worker slots |") == page.count("-m bench.capacity ") > 3
    assert refreshed(page) == page, "run: python -m bench.capacity_page --write"
