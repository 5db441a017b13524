"""The wait before a process is started again."""

from itertools import accumulate, repeat

from jobs.supervisor.backoff import LIVED_WELL, Backoff


def test_it_doubles_from_half_a_second_to_thirty() -> None:
    deaths = accumulate(repeat(0.1, 9), lambda backoff, lived: backoff.after(lived), initial=Backoff())

    assert [backoff.delay for backoff in deaths] == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_process_that_lived_well_starts_afresh() -> None:
    assert Backoff(deaths=7).after(LIVED_WELL) == Backoff(deaths=1)
    assert Backoff(deaths=7).after(LIVED_WELL - 1) == Backoff(deaths=8)


def test_a_thousand_deaths_do_not_overflow() -> None:
    assert Backoff(deaths=1000).delay == 30.0
