"""Names that tasks had before."""

from typing import Any

from jobs.aliases import alias_faults, alias_table, register_aliases
from jobs.app import Millrace


def nothing() -> None:
    """Does nothing."""


def _app(**aliases: Any) -> Millrace:
    app = Millrace("test", set_as_current=False)
    for name, old in aliases.items():
        app.task(name=name, shared=False, aliases=old)(nothing)
    return app


def _ours(app: Millrace) -> dict[str, Any]:
    """Without the shared tasks of every app."""
    return {name: task for name, task in app.tasks.items() if "." not in name}


def test_an_alias_leads_to_its_task_and_a_registered_name_to_itself() -> None:
    tasks = _ours(_app(new=("old", "older"), other=("new", "else")))
    assert alias_table(tasks) == {"old": "new", "older": "new", "else": "other"}


def test_every_fault_is_told() -> None:
    assert list(alias_faults(_ours(_app(a=("x", "b"), b=("x", "a"), c=("c",), d=("a",), e="old")))) == [
        "tasks 'a' and 'b' are aliases of each other",
        "tasks 'a' and 'b' both claim the alias 'x'",
        "tasks 'b' and 'a' are aliases of each other",
        "task 'c' has its own name as an alias",
        "tasks 'b' and 'd' both claim the alias 'a'",
        "task 'd' has the alias 'a', which is the name of another task",
        "task 'e': aliases must be a tuple of names, got 'old'",
    ]
    assert list(alias_faults(_ours(_app(new=("old", "older"), other=())))) == []


def test_a_worker_knows_the_task_under_its_old_names_by_an_instance_of_its_own() -> None:
    app = _app(new=("old",))
    register_aliases(app)
    register_aliases(app)
    assert app.tasks["old"].name == "new"
    assert app.tasks["old"] is not app.tasks["new"]
