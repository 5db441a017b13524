"""`jobs list`, `show`, moves, `check`, `tail`; `queues`, `schedules`, `tokens`; help."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.core.management import get_commands, load_command_class
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.access import may_operate
from jobs.cli.command import ActionCommand
from jobs.fence import keys
from jobs.fence.connection import client
from jobs.models import ApiToken, Job
from jobs.names import resolve_task
from tests.jobs.cli.conftest import Calls, run
from tests.jobs.letters import fail_job

pytestmark = pytest.mark.django_db(transaction=True)


def _enqueue(name: str = "noop", **options: object) -> str:
    return str(resolve_task(name).using(**options).enqueue().id)


def _listed(manage: Calls, *words: str) -> list[str]:
    return [job["id"] for job in manage("jobs", "list", *words, "--json").json()]


def test_filters_select_by_queue_state_name_tag_and_age(manage: Calls) -> None:
    first = _enqueue(tags=["eu"])
    second = _enqueue(queue="fixed", countdown=60)
    failed = fail_job("refuse").job_uid
    Job.objects.filter(uid=first).update(created_at="2020-01-01T00:00:00Z")

    assert _listed(manage) == [failed, second, first]
    assert _listed(manage, "--queue", "fixed") == [second]
    assert _listed(manage, "--state", "failed") == [failed]
    assert _listed(manage, "--name", "noop") == [second, first]
    assert _listed(manage, "--name", "tests.sample_tasks.refuse") == [failed]
    assert _listed(manage, "--tag", "eu") == [first]
    assert _listed(manage, "--since", "2h") == [failed, second]
    assert _listed(manage, "--older-than", "1d") == [first]
    assert _listed(manage, "--limit", "1") == [failed]
    assert _listed(manage, "--queue", "quick", "--tag", "us") == []


def test_plain_text_is_an_aligned_table_without_colours(manage: Calls) -> None:
    uid = _enqueue()

    head, row = manage("jobs", "list").out.splitlines()

    assert head.split()[:4] == ["ID", "NAME", "QUEUE", "STATE"]
    assert row.split()[:4] == [uid, "noop", "quick", "waiting"]
    assert head.index("NAME") == row.index("noop")
    assert manage("jobs", "list", "--queue", "fixed").out == "No job matches.\n"


def test_a_shown_job_has_its_attempts_and_error(manage: Calls) -> None:
    letter = fail_job("refuse", error="not \x1b[31mred")

    shown = manage("jobs", "show", letter.job_uid, "--json").json()

    assert (shown["state"], shown["data"], shown["result"]) == ("failed", {}, None)
    assert [(run["run"], run["outcome"]) for run in shown["attempts"]] == [(1, "failed")]
    assert shown["error"] == "RuntimeError: not \x1b[31mred"
    assert "\x1b" not in manage("jobs", "show", letter.job_uid).out


def test_secret_values_are_not_shown(manage: Calls) -> None:
    uid = resolve_task("noop").enqueue({"api_key": "hunter2", "city": "Oslo"}).id

    answer = manage("jobs", "show", uid, "--json")

    assert answer.json()["data"]["value"]["city"] == "Oslo"
    assert "hunter2" not in answer.out


def test_jobs_are_cancelled_retried_and_promoted(manage: Calls) -> None:
    uid = _enqueue(countdown=3600)

    assert manage("jobs", "promote", uid).out == f"{uid} may run now\n"
    assert manage("jobs", "cancel", uid, "--reason", "wrong wallet").code == 0
    assert (Job.objects.get().state, Job.objects.get().reason) == ("cancelled", "wrong wallet")
    assert manage("jobs", "retry", uid).code == 0
    again = manage("jobs", "retry", uid)
    assert (again.code, again.err) == (2, f"{uid}: A job that is waiting cannot be retried.")
    assert Job.objects.get().state == "waiting"


def test_finished_jobs_beyond_what_the_queue_keeps_are_pruned(manage: Calls) -> None:
    for _ in range(4):
        fail_job(queue="fixed")  # keeps 2

    assert manage("jobs", "prune", "--queue", "fixed", "--json").json() == {
        "deleted": 2,
        "by_queue": {"fixed": 2},
    }
    assert Job.objects.count() == 2


def test_the_check_finds_waiting_jobs_that_this_build_could_not_run(manage: Calls) -> None:
    uids = [_enqueue(), _enqueue(), _enqueue(countdown=60), _enqueue(), _enqueue()]
    Job.objects.filter(uid__in=uids[:2]).update(task="tests.sample_tasks.nop")
    Job.objects.filter(uid=uids[2]).update(task="tests.sample_tasks.add", kwargs={"x": "one", "y": 2})
    Job.objects.filter(uid=uids[3]).update(state="completed", task="gone")

    answer = manage("jobs", "check", "--json")

    assert answer.code == 1
    unknown = "There is no task named 'tests.sample_tasks.nop'. Did you mean 'tests.sample_tasks.noop'?"
    found = answer.json()["jobs"]
    assert found[0] == {"task": "tests.sample_tasks.nop", "problem": unknown, "jobs": 2, "examples": uids[:2]}
    assert (found[1]["jobs"], found[1]["examples"]) == (1, [uids[2]])
    assert "x: Input should be a valid integer" in found[1]["problem"]
    assert len(found) == 2


def test_the_tail_prints_the_log_of_one_job(manage: Calls) -> None:
    uid = _enqueue()
    log = keys.events("quick")
    client().delete(log)
    for fields in (
        {"e": "enqueued"},
        {"e": "started", "j": uid, "r": "1", "t": "1700000000000", "w": "w1"},
        {"e": "progress", "j": "another", "r": "1", "t": "1700000000500", "d": "{}"},
        {
            "e": "failed",
            "j": uid,
            "r": "1",
            "t": "1700000002000",
            "s": "1700000000000",
            "d": '{"error": "no luck"}',
        },
    ):
        client().xadd(log, fields)  # type: ignore[arg-type]  # the stubs are narrower than Redis

    lines = manage("jobs", "tail", uid, "--no-follow").out.splitlines()
    values = [
        json.loads(line) for line in manage("jobs", "tail", uid, "--no-follow", "--json").out.splitlines()
    ]

    assert lines == [
        f"22:13:20  quick  {uid}  started    w1",
        f"22:13:22  quick  {uid}  failed     no luck  after 2.0 s",
    ]
    assert [(value["event"], value["job"], value["data"]) for value in values] == [
        ("started", uid, {}), ("failed", uid, {"error": "no luck"}),
    ]  # fmt: skip


def test_queues_tell_their_counts_and_settings(manage: Calls) -> None:
    _enqueue()
    _enqueue(countdown=60)

    listed = {queue["name"]: queue for queue in manage("queues", "list", "--json").json()}
    shown = manage("queues", "show", "quick", "--json").json()

    assert (listed["quick"]["waiting"], listed["quick"]["delayed"], listed["orders"]["waiting"]) == (1, 1, 0)
    assert (shown["concurrency"], shown["attempts"], shown["backoff"]["first"]) == (2, 3, 0.2)
    assert "tests.sample_tasks.noop" in shown["tasks"]
    unknown = manage("queues", "show", "quik")
    assert (unknown.code, unknown.err) == (2, "There is no queue named 'quik'. Did you mean 'quick'?")


def test_a_schedule_is_run_disabled_and_enabled(manage: Calls) -> None:
    every = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.create(
        name="hourly", task="tests.sample_tasks.add", interval=every, kwargs='{"x": 1, "y": 2}'
    )

    ran = manage("schedules", "run", "hourly", "--json").json()
    off = manage("schedules", "disable", "hourly", "--json").json()

    assert (Job.objects.get().uid, Job.objects.get().kwargs) == (ran["id"], {"x": 1, "y": 2})
    assert (off["enabled"], off["next_run_at"]) == (False, None)
    assert manage("schedules", "enable", "hourly").code == 0
    listed = manage("schedules", "list", "--json").json()
    assert ("hourly", True) in [(row["name"], row["enabled"]) for row in listed]
    unknown = manage("schedules", "run", "hourli")
    assert (unknown.code, unknown.err) == (2, "There is no schedule named 'hourli'. Did you mean 'hourly'?")
    assert Job.objects.count() == 1


def test_a_token_is_printed_once_and_only_its_digest_is_stored(manage: Calls) -> None:
    user = get_user_model().objects.create_user("admin")

    token = manage("tokens", "create", "nightly", "--user", "admin", "--permissions", "operate").out.strip()

    row = ApiToken.objects.get()
    assert token.startswith("mr_")
    assert (row.digest, row.user_id) == (ApiToken.digest_of(token), user.pk)
    assert token not in manage("tokens", "list", "--json").out
    fresh = get_user_model().objects.get()
    assert (fresh.has_perm("jobs.view_job"), fresh.has_perm("jobs.change_job")) == (True, True)
    assert not fresh.has_perm("jobs.delete_job")


def test_a_token_needs_a_user_and_a_name_of_its_own_and_is_revoked_once(manage: Calls) -> None:
    get_user_model().objects.create_user("admin")
    manage("tokens", "create", "nightly", "--user", "admin")

    twice = manage("tokens", "create", "nightly", "--user", "admin")
    nobody = manage("tokens", "create", "other", "--user", "admn")

    assert (twice.code, twice.err) == (2, "NAME: there is a token named 'nightly' already")
    assert (nobody.code, nobody.err) == (2, "There is no user named 'admn'. Did you mean 'admin'?")
    assert [manage("tokens", "revoke", "nightly").code for _ in range(2)] == [0, 2]
    assert (ApiToken.objects.get().name, ApiToken.objects.get().revoked) == ("nightly", True)


def test_a_token_without_a_user_gets_one_that_may_what_it_says_and_no_more(manage: Calls) -> None:
    made = manage("tokens", "create", "shop", "--permissions", "operate:fixed,view", "--json").json()

    row = ApiToken.objects.select_related("user").get()
    assert made["permissions"] == row.permissions == ["operate:fixed", "view"]
    assert (row.user.get_username(), row.user.has_usable_password()) == ("token shop", False)
    assert [may_operate(row.user, queue) for queue in ("fixed", "quick", None)] == [True, False, False]


@pytest.mark.parametrize("permissions", ["operat", "operate:fixd", "administer:fixed", "", ","])
def test_permissions_that_mean_nothing_are_refused_and_nothing_is_made(
    manage: Calls, permissions: str
) -> None:
    answer = manage("tokens", "create", "shop", "--permissions", permissions)
    assert (answer.code, answer.err.split(":")[0]) == (2, "--permissions")
    assert manage("tokens", "create", "shop").code == 2
    assert ApiToken.objects.count() == get_user_model().objects.count() == 0


def test_every_action_has_help_with_an_example_and_the_exit_codes() -> None:
    names = [name for name, app in get_commands().items() if app == "jobs"]
    commands = {name: load_command_class("jobs", name) for name in names}
    ours = {name: command for name, command in commands.items() if isinstance(command, ActionCommand)}

    assert sorted(ours) == ["audit", "dead_letters", "jobs", "queues", "schedules", "secrets", "tokens"]
    for name, command in ours.items():
        for action in command.actions:
            assert action.example.startswith(f"{name} {action.name}")
    answer = run("jobs", "enqueue", "--help")
    assert answer.code == 0
    assert "example:\n  manage.py jobs enqueue sync_wallet --data" in answer.out
    assert "3    --timeout passed before the job ended" in answer.out
