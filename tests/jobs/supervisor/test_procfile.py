"""Reading a Procfile."""

from pathlib import Path

import pytest

from jobs.supervisor.errors import BadProcfile
from jobs.supervisor.procfile import ProcessLine, parse, read


def test_names_words_and_variables() -> None:
    text = "# all of it\nweb: serve --port $PORT\n\nbeat: tick 'every minute' ${PORT}1\n"

    assert parse(text, {"PORT": "80"}) == (
        [ProcessLine("web", ("serve", "--port", "80")), ProcessLine("beat", ("tick", "every minute", "801"))],
        [],
    )


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("web: a\nnonsense\nweb: b\nbeat: c $MISSING\n")

    with pytest.raises(BadProcfile) as caught:
        read(procfile, {})

    assert caught.value.faults == [
        "line 2: expected `name: command`, got 'nonsense'",
        "line 3: web is declared twice",
        "line 4: $MISSING is not set",
    ]


def test_an_empty_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert parse("# nothing\n", {}) == ([], ["it declares no process"])
    with pytest.raises(BadProcfile, match="No such file"):
        read(tmp_path / "Procfile", {})
