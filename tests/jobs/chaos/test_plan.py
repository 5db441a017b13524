"""What a run enqueues follows from its seed."""

from collections import Counter

from jobs.chaos.plan import MIX, calls, mixed_in


def test_the_same_seed_makes_the_same_calls_and_another_others() -> None:
    assert list(calls(300, 7)) == list(calls(300, 7))
    assert list(calls(300, 7)) != list(calls(300, 8))


def test_a_plan_has_as_many_jobs_as_were_asked_for_and_every_kind() -> None:
    made = list(calls(5000, 1))
    assert 5000 <= sum(call.jobs for call in made) <= 5003
    assert set(Counter(call.kind for call in made)) == set(MIX)


def test_a_task_of_ones_own_comes_all_along() -> None:
    plan = mixed_in(list(calls(100, 1)), "shop.tasks.pack", {"order": 7})
    own = [place for place, call in enumerate(plan) if call.kind == "own"]
    assert own[:3] == [0, 21, 42]
    assert {(plan[place].task, plan[place].queue, plan[place].data["order"]) for place in own} == {
        ("shop.tasks.pack", None, 7)
    }
