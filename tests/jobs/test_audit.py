"""The audit trail: a chain that nobody can change unseen, written with the act it tells of."""

import hashlib
import json
import threading
from datetime import UTC

import pytest
from django.db import DatabaseError, connection, transaction

from jobs.audit import FIRST, acting, current_actor, first_broken, record
from jobs.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


def _tamper(sql: str) -> None:
    """Change an entry as the table's owner could, past the trigger."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_auditentry DISABLE TRIGGER audit_append_only")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE jobs_auditentry ENABLE TRIGGER audit_append_only")


def test_each_entry_carries_the_digest_of_the_one_before() -> None:
    with acting("admin"):
        record("cancel", "job 1", reason="wrong wallet")
    record("retry", "job 1", "other")

    first, second = AuditEntry.objects.order_by("number")
    assert (first.number, first.actor, first.action, first.target) == (1, "admin", "cancel", "job 1")
    assert (first.detail, first.previous) == ({"reason": "wrong wallet"}, FIRST)
    assert (second.number, second.actor, second.previous) == (2, "other", first.digest)
    assert first_broken() == (None, 2, second.digest)


def test_the_actor_is_asked_for_when_something_is_recorded_and_forgotten_afterwards() -> None:
    known: list[str] = []
    with acting(lambda: known[0]):
        known.append("token ci of admin")
        assert current_actor() == "token ci of admin"
    assert current_actor() == "code"


def test_an_act_that_is_rolled_back_leaves_no_entry() -> None:
    record("retry", "job 1")
    with transaction.atomic():
        record("cancel", "job 2")
        transaction.set_rollback(True)
    record("cancel", "job 3")

    assert list(AuditEntry.objects.order_by("number").values_list("number", "target")) == [
        (1, "job 1"),
        (2, "job 3"),
    ]
    assert first_broken()[0] is None


@pytest.mark.parametrize(
    "sql", ["UPDATE jobs_auditentry SET actor = 'intruder'", "DELETE FROM jobs_auditentry"]
)
def test_the_database_refuses_to_change_or_delete_an_entry(sql: str) -> None:
    record("cancel", "job 1")
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.get().actor == "code"


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE jobs_auditentry SET actor = 'intruder' WHERE number = 2", 2),
        ("UPDATE jobs_auditentry SET detail = '{\"n\": 9}' WHERE number = 3", 3),
        ("UPDATE jobs_auditentry SET at = at - interval '1 second' WHERE number = 1", 1),
        ("DELETE FROM jobs_auditentry WHERE number = 2", 3),
        ("DELETE FROM jobs_auditentry WHERE number = 1", 2),
        ("UPDATE jobs_auditentry SET number = number + 7 WHERE number = 4", 11),
    ],
)
def test_the_first_entry_that_was_tampered_with_is_named(sql: str, broken: int) -> None:
    for n in range(4):
        record("cancel", f"job {n}", n=n, share=1e20)
    _tamper(sql)
    assert first_broken()[0] == broken


def test_many_writers_at_once_make_one_chain() -> None:
    def write(name: str) -> None:
        for n in range(10):
            record("retry", f"job {n}", name)
        connection.close()

    threads = [threading.Thread(target=write, args=(f"u{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 61))
    assert first_broken()[:2] == (None, 60)


def test_the_digest_is_that_of_canonical_json_whatever_the_words_are() -> None:
    odd = 'Zoë "said" \\ %s {number} \u2028 \U0001f600'
    record(odd, odd, odd, number=odd, rate=0.1, much=1e20)
    entry = AuditEntry.objects.get()
    told = {
        "action": odd,
        "actor": odd,
        "detail": {"much": "1e+20", "number": odd, "rate": "0.1"},
        "target": odd,
    }
    whole = told | {"at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"), "number": 1}
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    assert entry.digest == hashlib.sha256((canonical + "0" * 64).encode()).hexdigest()
    assert first_broken() == (None, 1, entry.digest)
