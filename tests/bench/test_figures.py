"""What the benches say of what they saw."""

from dataclasses import replace

import pytest

from bench.backlog import Backlog
from bench.backlog import table as backlog_table
from bench.measure import Run
from bench.report import medians, table
from bench.slopes import slopes
from bench.yardstick import table as verdict_table

RUN = Run("celery", 100, 0, 0, 800.0, None, 1600.0, None, 4.0, 10.0, 1300.0, 140.0)


def test_a_slope_is_per_hour_and_knows_nothing_of_the_warm_up() -> None:
    samples = [{"at": 0.0, "MB": 900.0}, *({"at": float(at), "MB": at / 60} for at in (60, 120, 180))]
    [line] = slopes(samples, warm_up=60)
    assert line.series == "MB"
    assert (line.first, line.last, line.per_hour) == pytest.approx((1.0, 3.0, 60.0))


def test_a_series_too_short_for_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="1 samples after the warm-up of 5 s"):
        slopes([{"at": 0.0, "MB": 1.0}, {"at": 5.0, "MB": 1.0}], warm_up=5)


def test_rounds_are_told_by_their_median_but_what_was_lost_is_summed() -> None:
    rounds = [
        replace(RUN, missing=1),
        replace(RUN, drain_per_s=900.0, missing=1),
        replace(RUN, drain_per_s=10.0),
    ]
    found = medians(rounds)
    assert (found["drain_per_s"], found["missing"], found["stored_per_s"]) == (800.0, 2, None)


def test_a_table_has_ratios_to_its_first_system_and_hides_neither_losses_nor_absences() -> None:
    lines = table(
        [RUN, replace(RUN, system="millrace", drain_per_s=3200.0, doubled=2)], {"bullmq": "no node"}
    )
    _, _, celery, millrace, bullmq = lines.splitlines()
    assert celery.startswith(
        "| celery | 1.00 | 800 (800-800) | - | 1,600 | - | 4.0 | 10.0 | 1,300 | 140 | yes |"
    )
    assert "| 4.00 |" in millrace
    assert "NO: 0 missing, 2 doubled" in millrace
    assert "not measured: no node" in bullmq


def test_a_promise_is_held_broken_unseen_or_not_offered() -> None:
    found: dict[int, dict[str, object]] = {
        1: {"checked": 500, "offenders": []}, 2: {"checked": 500, "offenders": ["a", "b"]},
        3: {"checked": 0, "offenders": []},
    }  # fmt: skip
    cells = [
        line.split(" | ")[-1].removesuffix(" |") for line in verdict_table({"celery": found}).splitlines()[2:]
    ]
    assert cells == ["holds, 500", "**broken: 2** of 500", "nothing seen", *["not offered"] * 12]


def test_a_backlogs_last_row_is_the_ratio_of_the_largest_to_the_smallest() -> None:
    small = Backlog(1000, 100.0, 200.0, 50.0, 400.0, 2.0, 4.0)
    lines = backlog_table([small, replace(small, waiting=2000, drain_per_s=300.0)]).splitlines()
    assert lines[-1] == "| 2.00 | 1.00 | 1.00 | 1.00 | 0.75 | 1.00 | 1.00 |"
