"""docs/reference/states.md shows the table of moves as it is."""

from pathlib import Path

from jobs.states import State, diagram

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "states.md").read_text()


def test_the_diagram_is_that_of_the_table() -> None:
    assert f"```mermaid\n{diagram()}\n```" in PAGE


def test_every_state_is_explained() -> None:
    assert all(f"| `{state}` |" in PAGE for state in State)
