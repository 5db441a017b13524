"""What each script does, exactly, on a real Valkey."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from redis.exceptions import ResponseError

from jobs.fence import cancelling, keys, leases, scripts
from jobs.fence.cancelling import CancelRequest
from jobs.fence.connection import client, connect
from jobs.fence.events import parse
from jobs.fence.leases import Lease, Ticket

QUEUE, LEADER, UID = "quick", "dispatcher-1", "job-1"
TICKET = Ticket(1, "abc", 0)
LEASE = Lease(UID, QUEUE, 1, "abc", "w1@host#1", 42)


def redis() -> Any:
    """The client, whose answers are what the test says they are."""
    return client()


def forget_scripts() -> bool:
    """Make the server forget every script."""
    return bool(redis().execute_command("SCRIPT FLUSH"))


def lead(leader: str = LEADER, *queues: str) -> list[int]:
    """Take the lead."""
    names = [keys.leader(queue) for queue in queues or (QUEUE,)]
    return list(scripts.run(redis(), "lead", names, [leader, 60_000]))


def grant(*wanted: tuple[str, Ticket]) -> set[str] | None:
    """Write tickets as the leader."""
    return leases.write_tickets(redis(), QUEUE, LEADER, wanted or [(UID, TICKET)])


def claimed(lease: Lease = LEASE, ticket: Ticket = TICKET) -> Lease:
    """Grant and claim."""
    lead()
    assert grant((lease.uid, ticket)) == {lease.uid}
    assert leases.claim(redis(), lease, ticket, None)[0] == "claimed"
    return lease


def log() -> list[dict[str, str]]:
    """The entries of the queue's log, without their times."""
    timeless = ("t", "s")
    entries = redis().xrange(keys.events(QUEUE))
    return [{k: v for k, v in fields.items() if k not in timeless} for _, fields in entries]


def state() -> dict[str, Any]:
    """Everything that Redis holds about the queue's jobs."""
    return {
        "tickets": redis().hgetall(keys.tickets(QUEUE)),
        "running": redis().hgetall(keys.running(QUEUE)),
        "withdrawn": redis().hgetall(keys.withdrawn(QUEUE)),
        "held": redis().hgetall(keys.held_by(LEASE.worker)),
        "log": log(),
        "fenced": redis().get(keys.fenced(QUEUE)),
    }


def now_ms() -> int:
    """Redis's time."""
    seconds, microseconds = redis().time()
    return int(seconds) * 1000 + int(microseconds) // 1000


# -- ticket ----------------------------------------------------------------------------------------


def test_a_leader_writes_tickets_and_hears_which_were_granted() -> None:
    lead()
    assert grant(("a", TICKET), ("b", Ticket(3, "x", 9))) == {"a", "b"}
    assert redis().hgetall(keys.tickets(QUEUE)) == {"a": "1:abc:0", "b": "3:x:9"}
    assert grant(("a", Ticket(1, "other", 0)), ("c", TICKET)) == {"c"}
    assert redis().hget(keys.tickets(QUEUE), "a") == "1:abc:0"


def test_nobody_but_the_leader_writes_tickets() -> None:
    assert grant() is None
    lead("dispatcher-2")
    assert grant() is None
    assert state()["tickets"] == {}


def test_a_running_job_gets_no_ticket() -> None:
    claimed()
    before = state()
    assert grant((UID, Ticket(2, "new", 0))) == set()
    assert state() == before


def test_a_withdrawn_job_gets_no_ticket_until_its_time_has_passed() -> None:
    lead()
    assert leases.withdraw(redis(), QUEUE, UID, seconds=60)
    assert grant((UID, TICKET), ("other", TICKET)) == {"other"}
    redis().hset(keys.withdrawn(QUEUE), UID, now_ms() - 1)
    assert grant() == {UID}
    assert state()["withdrawn"] == {}


# -- claim -----------------------------------------------------------------------------------------


def test_a_claim_turns_the_ticket_into_a_lease_and_says_so_in_the_log() -> None:
    lead()
    grant()
    redis().set(keys.EPOCH, "e1")
    before = now_ms()
    assert leases.claim(redis(), LEASE, TICKET, 5.0) == ("claimed", "e1")
    after = now_ms()
    assert state()["tickets"] == {}
    held = Lease.of_queue(QUEUE, UID, redis().hget(keys.running(QUEUE), UID))
    assert before <= held.since_ms < after + 1
    assert held == replace(LEASE, since_ms=held.since_ms, stale_ms=int(held.since_ms) + 5000)
    assert Lease.of_worker(LEASE.worker, UID, redis().hget(keys.held_by(LEASE.worker), UID)) == held
    assert log() == [{"e": "started", "j": UID, "r": "1", "w": LEASE.worker}]


def test_without_stale_after_a_lease_never_goes_stale() -> None:
    claimed()
    assert Lease.of_queue(QUEUE, UID, redis().hget(keys.running(QUEUE), UID)).stale_ms == 0


def test_of_many_claims_of_one_ticket_one_succeeds() -> None:
    lead()
    grant()
    start = threading.Barrier(16)
    answers: list[str] = []

    def race(pid: int) -> None:
        with connect() as own:
            start.wait(10)
            answers.append(leases.claim(own, replace(LEASE, pid=pid), TICKET, None)[0])

    threads = [threading.Thread(target=race, args=(pid,)) for pid in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["claimed"] + ["stale"] * 15
    assert len(log()) == 1


def test_a_caller_that_never_saw_the_answer_may_ask_again() -> None:
    claimed()
    before = state()
    assert leases.claim(redis(), LEASE, TICKET, None)[0] == "claimed"
    assert state() == before


@pytest.mark.parametrize(
    "lease",
    [replace(LEASE, pid=43), replace(LEASE, worker="w2@host#1"), replace(LEASE, pid=4)],
)
def test_another_process_that_asks_for_the_same_ticket_is_late(lease: Lease) -> None:
    claimed()
    before = state()
    assert leases.claim(redis(), lease, TICKET, None) == ("stale", "")
    assert state() == before


@pytest.mark.parametrize("ticket", [Ticket(2, "abc"), Ticket(1, "xyz"), Ticket(1, "abc", 5)])
def test_a_ticket_that_is_not_this_one_is_stale_and_changes_nothing(ticket: Ticket) -> None:
    lead()
    grant()
    before = state()
    stale = replace(LEASE, run=ticket.run, nonce=ticket.nonce)
    assert leases.claim(redis(), stale, ticket, None) == ("stale", "")
    assert state() == before


def test_a_claim_that_comes_too_late_expires_the_job() -> None:
    lead()
    late = Ticket(1, "abc", now_ms() - 1)
    grant((UID, late))
    assert leases.claim(redis(), LEASE, late, None) == ("expired", "")
    assert log() == [{"e": "expired", "j": UID, "r": "1"}]
    assert (state()["tickets"], state()["running"], state()["held"]) == ({}, {}, {})
    assert leases.claim(redis(), LEASE, late, None) == ("stale", "")
    assert len(log()) == 1


def test_a_claim_before_the_expiry_is_in_time() -> None:
    lead()
    early = Ticket(1, "abc", now_ms() + 60_000)
    grant((UID, early))
    assert leases.claim(redis(), LEASE, early, None)[0] == "claimed"


# -- finish, note ----------------------------------------------------------------------------------


def test_finish_ends_the_run_and_frees_everything() -> None:
    claimed()
    assert leases.finish(redis(), LEASE, "completed", '{"result": "1"}') is True
    assert log()[1:] == [{"e": "completed", "j": UID, "r": "1", "d": '{"result": "1"}'}]
    assert (state()["running"], state()["held"], state()["fenced"]) == ({}, {}, None)


def test_times_of_a_run_are_kept_to_the_microsecond() -> None:
    lease, before = claimed(), now_ms()
    assert leases.finish(redis(), lease, "completed", "{}", ran_ms=0.4321)
    started, ended = (parse(QUEUE, *entry) for entry in redis().xrange(keys.events(QUEUE)))
    assert ended.at_ms - ended.started_ms == pytest.approx(0.432, abs=0.0011)
    assert before - 1 <= started.at_ms <= ended.at_ms < now_ms() + 1
    assert {len(each["t"].partition(".")[2]) for _, each in redis().xrange(keys.events(QUEUE))} == {3}


def test_an_outcome_carries_the_start_and_the_end_of_its_run() -> None:
    claimed()
    since = Lease.of_queue(QUEUE, UID, redis().hget(keys.running(QUEUE), UID)).since_ms
    leases.finish(redis(), LEASE, "completed", "{}")
    started, ended = (fields for _, fields in redis().xrange(keys.events(QUEUE)))
    assert float(started["t"]) == since
    assert float(ended["s"]) == since
    assert float(ended["t"]) >= since


@pytest.mark.parametrize(
    "zombie",
    [
        replace(LEASE, nonce="old"),
        replace(LEASE, run=2),
        replace(LEASE, nonce="ab"),
        replace(LEASE, uid="job-2"),
    ],
)
def test_an_outcome_without_the_lease_is_dropped_and_counted(zombie: Lease) -> None:
    claimed()
    before = state()
    assert leases.finish(redis(), zombie, "completed", "{}") is False
    assert state() == before | {"fenced": "1"}


def test_a_run_ends_once() -> None:
    claimed()
    assert leases.finish(redis(), LEASE, "completed", "{}") is True
    assert leases.finish(redis(), LEASE, "failed", "{}") is False
    assert [entry["e"] for entry in log()] == ["started", "completed"]


def test_an_end_that_is_told_again_with_the_same_outcome_is_answered_well_and_logged_once() -> None:
    claimed()
    assert leases.finish(redis(), LEASE, "completed", "{}") is True
    assert leases.finish(redis(), LEASE, "completed", "{}") is True
    assert [entry["e"] for entry in log()] == ["started", "completed"]


def test_until_its_end_is_in_the_row_a_job_is_neither_withdrawn_nor_released() -> None:
    claimed()
    leases.finish(redis(), LEASE, "retried", "{}")
    assert leases.withdraw(redis(), QUEUE, UID) is False
    assert grant((UID, Ticket(2, "new", 0))) == set()
    leases.settle(redis(), QUEUE, [(UID, 1)])
    assert grant((UID, Ticket(2, "new", 0))) == {UID}


def test_settling_an_old_run_leaves_the_mark_of_a_later_one() -> None:
    claimed()
    leases.finish(redis(), LEASE, "retried", "{}")
    leases.settle(redis(), QUEUE, [(UID, 0)])
    assert leases.withdraw(redis(), QUEUE, UID) is False


def test_after_redis_was_emptied_the_holder_may_still_finish() -> None:
    lead()
    grant()
    redis().set(keys.EPOCH, "e1")
    _, epoch = leases.claim(redis(), LEASE, TICKET, None)
    redis().flushdb()
    redis().set(keys.EPOCH, "e2")
    assert leases.finish(redis(), replace(LEASE, epoch=epoch), "completed", "{}") is True
    assert log() == [{"e": "completed", "j": UID, "r": "1", "d": "{}"}]


def test_a_run_began_with_its_claim_and_else_as_long_ago_as_its_worker_says() -> None:
    for emptied in (False, True):
        claimed()
        since = Lease.of_queue(QUEUE, UID, redis().hget(keys.running(QUEUE), UID)).since_ms
        if emptied:
            redis().flushdb()
        assert leases.finish(redis(), replace(LEASE, epoch="e1"), "completed", "{}", ran_ms=-1 - 500)
        ended = redis().xrange(keys.events(QUEUE))[-1][1]
        assert float(ended["s"]) == pytest.approx(float(ended["t"]) - 500 if emptied else since, abs=0.01)
        redis().flushdb()


def test_after_redis_was_emptied_a_run_that_was_released_again_is_fenced() -> None:
    redis().set(keys.EPOCH, "e2")
    lead()
    grant((UID, Ticket(1, "new", 0)))
    assert leases.finish(redis(), replace(LEASE, epoch="e1"), "completed", "{}") is False
    assert leases.claim(redis(), replace(LEASE, nonce="new"), Ticket(1, "new", 0), None)[0] == "claimed"
    assert leases.finish(redis(), replace(LEASE, epoch="e1"), "completed", "{}") is False
    assert state()["fenced"] == "2"


def test_a_request_to_cancel_stands_in_the_lease_until_the_run_ends() -> None:
    asked = CancelRequest("by | alice", 5.0)
    assert cancelling.ask(redis(), QUEUE, UID, asked) is False
    lease = claimed()

    assert cancelling.ask(redis(), QUEUE, UID, CancelRequest("earlier", None)) is True
    assert cancelling.ask(redis(), QUEUE, UID, asked) is True

    held = cancelling.find(redis(), QUEUE, UID)
    assert held is not None
    assert CancelRequest.of(held) == asked
    assert Lease.of_worker(lease.worker, UID, redis().hget(keys.held_by(lease.worker), UID)) == held
    assert leases.note(redis(), lease, "log", "{}") == leases.TOLD_AND_CANCELLED
    assert leases.finish(redis(), lease, "completed", "{}") is True
    assert (state()["running"], redis().hgetall(keys.held_by(lease.worker))) == ({}, {})


def test_a_request_for_a_run_of_another_worker_is_not_written() -> None:
    lease = claimed()
    before = redis().hgetall(keys.running(QUEUE))
    names = [keys.running(QUEUE), keys.held_by("another")]
    assert scripts.run(redis(), "cancel", names, [UID, "another", "{}"]) == 0
    assert redis().hgetall(keys.running(QUEUE)) == before
    assert CancelRequest.of(lease) is None


@pytest.mark.parametrize(("seen", "after"), [("", 1), ('{"phase": "open"}', 0)])
def test_a_breakers_state_is_replaced_only_by_those_who_saw_it(seen: str, after: int) -> None:
    assert scripts.run(redis(), "breaker", [keys.circuit("x")], [seen, "new", 60_000]) == after
    assert (redis().get(keys.circuit("x")) == "new") == bool(after)
    assert (
        scripts.run(redis(), "breaker", [keys.circuit("x")], ["new" if after else "", "newer", 60_000]) == 1
    )


def test_a_note_is_appended_while_the_lease_is_held_and_not_after() -> None:
    claimed()
    assert leases.note(redis(), LEASE, "progress", '{"fraction": 0.5}') == leases.TOLD
    assert log()[1:] == [{"e": "progress", "j": UID, "r": "1", "d": '{"fraction": 0.5}'}]
    before = state()
    assert leases.note(redis(), replace(LEASE, nonce="old"), "progress", "{}") == leases.LOST
    assert leases.note(redis(), replace(LEASE, run=2), "log", "{}") == leases.LOST
    assert state() == before
    leases.finish(redis(), LEASE, "completed", "{}")
    assert leases.note(redis(), LEASE, "log", "{}") == leases.LOST
    assert [entry["e"] for entry in log()] == ["started", "progress", "completed"]


# -- stall, reclaim --------------------------------------------------------------------------------


def test_a_stall_takes_the_lease_away_and_fences_the_run() -> None:
    claimed()
    assert leases.stall(redis(), LEASE, '{"reason": "gone"}') is True
    assert log()[1:] == [{"e": "stalled", "j": UID, "r": "1", "w": LEASE.worker, "d": '{"reason": "gone"}'}]
    assert (state()["running"], state()["held"]) == ({}, {})
    assert leases.finish(redis(), LEASE, "completed", "{}") is False
    assert leases.stall(redis(), LEASE, "{}") is False
    assert [entry["e"] for entry in log()] == ["started", "stalled"]


def test_a_stall_of_an_old_run_leaves_the_new_one_of_the_same_worker_alone() -> None:
    old = claimed()
    leases.stall(redis(), old, "{}")
    leases.settle(redis(), QUEUE, [(UID, 1)])
    new = claimed(replace(LEASE, run=2, nonce="new"), Ticket(2, "new", 0))
    before = state()
    assert leases.stall(redis(), old, "{}") is False
    assert state() == before
    assert leases.finish(redis(), new, "completed", "{}") is True


def test_a_stall_of_a_run_that_only_its_worker_knows_cleans_up() -> None:
    claimed()
    redis().hdel(keys.running(QUEUE), UID)
    assert leases.stall(redis(), LEASE, "{}") is False
    assert state()["held"] == {}


def test_a_running_job_is_entered_again_after_redis_was_emptied() -> None:
    held = replace(LEASE, since_ms=5, stale_ms=9)
    assert leases.reclaim(redis(), held) is True
    assert Lease.of_queue(QUEUE, UID, redis().hget(keys.running(QUEUE), UID)) == held
    assert Lease.of_worker(LEASE.worker, UID, redis().hget(keys.held_by(LEASE.worker), UID)) == held
    assert leases.finish(redis(), held, "completed", "{}") is True


def test_what_somebody_else_may_run_is_not_entered_again() -> None:
    lead()
    grant((UID, Ticket(1, "new", 0)))
    before = state()
    assert leases.reclaim(redis(), LEASE) is False
    assert state() == before
    leases.claim(redis(), replace(LEASE, nonce="new"), Ticket(1, "new", 0), None)
    before = state()
    assert leases.reclaim(redis(), LEASE) is False
    assert state() == before


# -- withdraw --------------------------------------------------------------------------------------


def test_after_a_withdrawal_no_claim_succeeds() -> None:
    lead()
    grant()
    assert leases.withdraw(redis(), QUEUE, UID) is True
    assert leases.claim(redis(), LEASE, TICKET, None) == ("stale", "")
    assert log() == []


def test_a_running_job_cannot_be_withdrawn() -> None:
    claimed()
    before = state()
    assert leases.withdraw(redis(), QUEUE, UID) is False
    assert state() == before


def test_of_a_withdrawal_and_a_claim_exactly_one_wins() -> None:
    lead()
    for attempt in range(50):
        uid = f"job-{attempt}"
        grant((uid, TICKET))
        won = race_withdrawal(uid)
        assert sorted(won) == [False, True]


def race_withdrawal(uid: str) -> list[bool]:
    """Withdraw and claim at the same moment; who won."""
    start = threading.Barrier(2)
    won: list[bool] = []

    def withdraw() -> None:
        with connect() as own:
            own.ping()
            start.wait(10)
            won.append(leases.withdraw(own, QUEUE, uid))

    def claim() -> None:
        with connect() as own:
            own.ping()
            start.wait(10)
            won.append(leases.claim(own, replace(LEASE, uid=uid), TICKET, None)[0] == "claimed")

    threads = [threading.Thread(target=withdraw), threading.Thread(target=claim)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return won


# -- lead, yield -----------------------------------------------------------------------------------


def test_a_queue_has_one_leader_who_may_renew() -> None:
    assert lead("one", "a", "b") == [1, 1]
    assert lead("two", "b", "c") == [0, 1]
    assert lead("one", "a", "b", "c") == [1, 1, 0]
    assert [redis().get(keys.leader(queue)) for queue in "abc"] == ["one", "one", "two"]
    assert 0 < redis().pttl(keys.leader("a")) <= 60_000


def test_the_lead_lapses() -> None:
    lead("one")
    redis().pexpire(keys.leader(QUEUE), 0)
    assert lead("two") == [1]


def test_only_the_leader_gives_up_its_lead() -> None:
    lead("one", "a", "b")
    lead("two", "c")
    names = [keys.leader(queue) for queue in "abc"]
    assert scripts.run(redis(), "yield", names, ["two"]) == 1
    assert [redis().get(name) for name in names] == ["one", "one", None]
    assert scripts.run(redis(), "yield", names, ["one"]) == 2


# -- beat, roll, leave -----------------------------------------------------------------------------

ROLL = [keys.WORKERS, keys.HEARTBEATS, keys.EPOCH]


def test_the_roll_sets_the_epoch_once_and_beats_learn_it() -> None:
    assert scripts.run(redis(), "beat", ROLL, ["w1", "{}", 5000]) == ""
    assert scripts.run(redis(), "roll", ROLL, ["e1"])[0] == "e1"
    assert scripts.run(redis(), "roll", ROLL, ["e2"])[0] == "e1"
    assert scripts.run(redis(), "beat", ROLL, ["w1", "{}", 5000]) == "e1"


def test_the_roll_tells_the_living_from_the_lapsed() -> None:
    scripts.run(redis(), "beat", ROLL, ["alive", '{"slots": 2}', 60_000])
    scripts.run(redis(), "beat", ROLL, ["dead", "{}", -1])
    before = now_ms()
    epoch, at, lapsed, live = scripts.run(redis(), "roll", ROLL, ["e1"])
    assert (epoch, lapsed, live) == ("e1", ["dead"], ["alive", '{"slots": 2}'])
    assert before <= at <= now_ms()


def test_a_beat_renews_and_says_anew_what_the_worker_serves() -> None:
    scripts.run(redis(), "beat", ROLL, ["w1", '{"slots": 1}', -1])
    scripts.run(redis(), "beat", ROLL, ["w1", '{"slots": 2}', 60_000])
    assert scripts.run(redis(), "roll", ROLL, ["e1"])[2:] == [[], ["w1", '{"slots": 2}']]


def test_a_worker_that_leaves_is_on_no_list() -> None:
    scripts.run(redis(), "beat", ROLL, ["w1", "{}", 60_000])
    assert scripts.run(redis(), "leave", ROLL[:2], ["w1"]) == 1
    assert scripts.run(redis(), "roll", ROLL, ["e1"])[2:] == [[], []]
    assert redis().exists(keys.WORKERS, keys.HEARTBEATS) == 0


# -- the scripts themselves --------------------------------------------------------------------------


def test_a_server_that_forgot_the_scripts_is_told_them_again() -> None:
    lead()
    grant()
    calls: list[Callable[[], bool]] = [
        lambda: leases.claim(redis(), LEASE, TICKET, None)[0] == "claimed",
        lambda: leases.note(redis(), LEASE, "log", "{}") == leases.TOLD,
        lambda: leases.finish(redis(), LEASE, "completed", "{}"),
        lambda: leases.withdraw(redis(), QUEUE, "other"),
        lambda: lead() == [1],
    ]
    for call in calls:
        assert forget_scripts()
        assert call() is True
    assert [entry["e"] for entry in log()] == ["started", "log", "completed"]


def test_a_ticket_survives_the_way_through_text() -> None:
    issued = Ticket.issue(7, 1234)
    assert Ticket.parse(str(issued)) == issued
    assert Ticket.issue(7, 1234) != issued


def test_an_error_of_a_script_is_not_taken_for_a_missing_one() -> None:
    redis().set(keys.tickets(QUEUE), "no hash")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        leases.claim(redis(), LEASE, TICKET, None)
