"""Permissions by queue, for users and for tokens, with a hostile eye."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from jobs.models import ApiToken, AuditEntry, Job, QueueGrant
from tests.jobs.http.conftest import Api, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]

NOOP = {"jobName": "noop"}  # goes to the queue `quick`
ELSEWHERE = NOOP | {"queueName": "fixed"}


def _limited(user: User, *permissions: str) -> Api:
    token = ApiToken.generate()
    ApiToken.objects.create(
        name=token[:20], digest=ApiToken.digest_of(token), user=user, permissions=list(permissions)
    )
    return Api(token)


def _statuses(api: Api, uid: str) -> dict[str, int]:
    """What each act on the queue `quick` and its job is answered; none of them changes anything when refused."""
    acts: dict[str, Any] = {
        "pause": lambda: api.post("/jobs/queue-action", {"queueName": "quick", "action": "pause"}),
        "limits": lambda: api.patch("/queues/quick", {"maxRunning": 3}),
        "change": lambda: api.patch(f"/jobs/{uid}", {"priority": 1}),
        "promote": lambda: api.post(f"/jobs/{uid}/promote"),
        "cancel": lambda: api.post(f"/jobs/{uid}/cancel"),
        "retry": lambda: api.post(f"/jobs/{uid}/retry"),
        "letters": lambda: api.post("/queues/quick/dlq/process-retries"),
        "purge": lambda: api.client.delete(
            "/api/v1/queues/quick/dlq/purge?olderThanDays=1", headers=api.headers
        ),
        "start": lambda: api.post("/queues/quick/jobs", NOOP),
        "bulk": lambda: api.post("/jobs/bulk", {"jobs": [NOOP]}),
        "flow": lambda: api.post("/flows", {"jobs": [NOOP | {"name": "a"}]}),
    }
    return {name: act().status_code for name, act in acts.items()}


def _delayed(api: Api) -> str:
    return str(api.post("/jobs/trigger", NOOP | {"delay": 3_600_000}).json()["id"])


def test_one_who_may_operate_a_queue_does_so_there_and_nowhere_else(api: Api, viewer: User) -> None:
    uid, elsewhere = _delayed(api), str(api.post("/jobs/trigger", ELSEWHERE).json()["id"])
    QueueGrant.objects.create(queue="quick", user=viewer)
    granted = Api(token_for(viewer, "granted"))

    assert set(_statuses(granted, uid).values()) == {200, 202}
    assert granted.post("/jobs/trigger", ELSEWHERE).status_code == 403
    assert granted.post("/jobs/bulk", {"jobs": [NOOP, ELSEWHERE]}).status_code == 403
    assert granted.post(f"/jobs/{elsewhere}/cancel").status_code == 403
    assert granted.post("/jobs/queue-action", {"queueName": "fixed", "action": "clear"}).status_code == 403
    assert Job.objects.get(uid=elsewhere).state == "waiting"


def test_a_grant_to_a_group_is_one_to_its_members_and_ends_with_their_membership(viewer: User) -> None:
    group = Group.objects.create(name="on call")
    QueueGrant.objects.create(queue="quick", group=group)
    api = Api(token_for(viewer))
    assert api.post("/jobs/trigger", NOOP).status_code == 403
    viewer.groups.add(group)
    assert api.post("/jobs/trigger", NOOP).status_code == 202
    viewer.groups.clear()
    assert api.post("/jobs/trigger", NOOP).status_code == 403


def test_a_grant_for_a_queue_with_partitions_holds_for_every_partition(viewer: User) -> None:
    QueueGrant.objects.create(queue="parted", user=viewer)
    api = Api(token_for(viewer))
    for queue in ("parted", "parted.0", "parted.2"):
        assert api.patch(f"/queues/{queue}", {"maxRunningPerKey": 3}).status_code == 200, queue


def test_a_token_may_less_than_its_user(operator: User, api: Api) -> None:
    uid = _delayed(api)
    assert set(_statuses(_limited(operator, "view"), uid).values()) == {403}
    assert set(_statuses(_limited(operator, "operate:fixed"), uid).values()) == {403}
    assert _limited(operator, "view").get("/jobs").status_code == 200
    assert set(_statuses(_limited(operator, "operate:quick"), uid).values()) == {200, 202}
    assert _limited(operator, "operate").post("/jobs/trigger", ELSEWHERE).status_code == 202


def test_a_token_never_may_more_than_its_user(viewer: User) -> None:
    api = _limited(viewer, "administer")
    assert api.post("/jobs/trigger", NOOP).status_code == 403
    assert api.get("/audit").status_code == 403


def test_a_token_of_an_administrator_reads_the_audit_trail_only_when_it_says_so() -> None:
    owner = User.objects.create_superuser("admin")
    assert _limited(owner, "operate").get("/audit").status_code == 403
    assert _limited(owner, "administer").get("/audit").status_code == 200
    assert Api(token_for(owner)).get("/audit").status_code == 200


def test_every_act_over_http_leaves_an_entry_with_its_actor(api: Api) -> None:
    uid = _delayed(api)
    _statuses(api, uid)
    api.client.put(
        "/api/v1/breakers/outside", {"mode": "open"}, content_type="application/json", headers=api.headers
    )
    entries = AuditEntry.objects.order_by("number").values_list("action", "actor")
    acts = [action for action, _ in entries]
    assert acts == [
        "start", "pause", "change limits", "change", "promote", "cancel", "retry", "process dead-letter retries",
        "purge dead letters", "start", "start", "start", "force breaker",
    ]  # fmt: skip
    assert {actor.split(" ")[0] for _, actor in entries} == {"operator"}
