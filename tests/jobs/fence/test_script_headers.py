"""Each script's header says what its body does with KEYS and ARGV."""

import re

import pytest

from jobs.fence import scripts

SOURCES = {name: (scripts.FOLDER / f"{name}.lua").read_text() for name in scripts.NAMES}


def header(name: str) -> list[str]:
    """The comment lines at the top."""
    lines = SOURCES[name].splitlines()
    return lines[: next(index for index, line in enumerate(lines) if not line.startswith("--"))]


def body(name: str) -> str:
    """What comes after, without its comments."""
    code = SOURCES[name].splitlines()[len(header(name)) :]
    return "\n".join(line.partition("--")[0] for line in code)


def named(name: str, table: str) -> tuple[set[int], bool]:
    """The places of KEYS or ARGV that the header names, and whether the last one stands for many."""
    line = next(line for line in header(name) if line.startswith(f"-- {table} "))
    listed = line.removeprefix(f"-- {table}")
    without_asides = re.sub(r"\([^)]*\)", "", listed)
    places = re.findall(r"(?:^|,)\s*(\d+)(\.\.\.)?\s", without_asides)
    return {int(number) for number, _ in places}, any(dots for _, dots in places)


def used(name: str, table: str) -> tuple[set[int], bool]:
    """The places that the body uses by number, and whether it walks through the rest."""
    code = body(name)
    walks = bool(re.search(rf"ipairs\({table}\)|{table}\[i(?: \+ 1)?\]", code))
    return {int(number) for number in re.findall(rf"{table}\[(\d+)\]", code)}, walks


def test_there_is_a_script_for_every_transition() -> None:
    assert set(scripts.NAMES) >= {
        "beat", "breaker", "cancel", "claim", "finish", "lead", "leave", "note", "reclaim", "roll", "stall", "ticket",
        "withdraw", "yield",
    }  # fmt: skip


@pytest.mark.parametrize("name", scripts.NAMES)
def test_the_first_line_is_its_name_and_a_sentence(name: str) -> None:
    assert re.fullmatch(rf"-- {name}: [a-z].*\.", header(name)[0])


@pytest.mark.parametrize("name", scripts.NAMES)
def test_the_header_has_keys_argv_and_returns_in_this_order(name: str) -> None:
    assert [line.split()[1] for line in header(name)[1:4]] == ["KEYS", "ARGV", "RETURNS"]
    assert header(name)[3].removeprefix("-- RETURNS").strip()


@pytest.mark.parametrize("table", ["KEYS", "ARGV"])
@pytest.mark.parametrize("name", scripts.NAMES)
def test_the_header_names_exactly_the_places_that_the_body_uses(name: str, table: str) -> None:
    said, many_said = named(name, table)
    found, walks = used(name, table)
    assert walks == many_said
    assert found == (said - {max(said)} if walks else said)
    assert said == set(range(1, max(said) + 1))


@pytest.mark.parametrize("name", scripts.NAMES)
def test_every_script_returns_something(name: str) -> None:
    assert body(name).rstrip().splitlines()[-1].startswith("return ")
