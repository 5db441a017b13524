"""Secret payload fields: encrypted when stored, equal when compared, masked when shown, open to the body."""

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import override_settings
from pydantic import BaseModel, Secret, SecretBytes, SecretStr

from jobs.arguments import Signature
from jobs.checks import declared_faults
from jobs.edits import edited
from jobs.encryption import KeyMissing, current_key, decrypt, encrypt, is_encrypted, key_name
from jobs.errors import ArgumentsRefused
from jobs.localservices.payload_key import development_key
from jobs.masking import MASK, shown_payload
from jobs.models import AuditEntry, DeadLetter, Job
from jobs.names import resolve_task
from jobs.secret_fields import opened, secret_fields
from jobs.store.rotation import rotate
from jobs.worker.concealment import conceal, redact
from tests.jobs.cli.conftest import Calls
from tests.jobs.letters import fail_job
from tests.sample_tasks import keep_secret, noop, spill

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


class Account(BaseModel):
    name: str
    password: SecretStr


def connect(pin: SecretStr, account: Account, plain: int, key: SecretBytes, code: Secret[int]) -> None:
    """Every kind of pydantic's secrets."""


def test_pydantics_secrets_arrive_as_they_were_given() -> None:
    signature = Signature("connect", connect)
    assert signature.secret == {"pin", "account", "key", "code"}
    given = {"account": {"name": "a", "password": "p"}, "plain": 3, "key": b"\xff\xfe", "code": 7}
    args, kwargs = signature.check(("1234",), given)
    assert (args, kwargs["account"]) == (["1234"], {"name": "a", "password": "p"})
    (pin,), restored = signature.restore(args, kwargs)
    assert pin.get_secret_value() == "1234"
    assert restored["account"].password.get_secret_value() == "p"
    assert (restored["key"].get_secret_value(), restored["code"].get_secret_value()) == (b"\xff\xfe", 7)


def test_declared_and_typed_secrets_are_stored_encrypted_by_position_or_name() -> None:
    assert secret_fields(spill) == {"key", "pin"}
    assert secret_fields(noop) == frozenset()
    job = Job.objects.get(uid=spill.delay("n", "k-e-y", pin="1234").id)
    assert job.args[0] == "n"
    assert is_encrypted(job.args[1])
    assert is_encrypted(job.kwargs["pin"])
    assert (decrypt(job.args[1]), decrypt(job.kwargs["pin"])) == ("k-e-y", "1234")
    assert opened(spill, job.args, job.kwargs) == (["n", "k-e-y"], {"pin": "1234"})
    assert shown_payload(job) == {"name": "n", "key": MASK, "pin": MASK}


def test_a_task_that_this_process_does_not_know_shows_no_ciphertext() -> None:
    keep_secret.delay(name="n", key="opensesame")
    Job.objects.update(task="gone.task", kwargs={"x": [{"y": encrypt("z")}]})
    assert shown_payload(Job.objects.get()) == {"x": [{"y": MASK}]}


def test_equal_secrets_have_equal_unique_keys_also_after_a_rotation() -> None:
    first = spill.delay("n", key="k-e-y", pin="1")
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=[NEW]):
        assert spill.delay("n", key="k-e-y", pin="2").id == first.id
    assert spill.delay("n", key="other", pin="1").created is True
    with override_settings(SECRET_KEY="another"):
        assert spill.delay("n", key="k-e-y", pin="1").created is True


def test_a_rotation_goes_over_every_table_and_may_be_run_again(manage: Calls) -> None:
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=[OLD]):
        letter = fail_job("keep_secret", kwargs={"name": "n", "key": "opensesame"})
        keep_secret.delay(name="n", key="other")
        old_name = current_key()
    noop.delay()
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=[NEW, OLD]):
        assert manage("secrets", "rotate", "--json").json() == {"changed": 4}
        assert rotate(lambda table, count: None) == 0
        assert AuditEntry.objects.get().detail == {"changed": 4}
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=[NEW]):
        assert {decrypt(job.kwargs["key"]) for job in Job.objects.filter(task__endswith="keep_secret")} == {
            "opensesame",
            "other",
        }
        letter.refresh_from_db()
        assert decrypt(letter.kwargs["key"]) == "opensesame"
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_kwargs FROM django_celery_results_taskresult")
        (text,) = cursor.fetchone()
    assert key_name(NEW) in text
    assert old_name not in text


def test_a_key_that_is_gone_is_said_so() -> None:
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=[OLD]):
        value = encrypt("x")
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=[NEW]), pytest.raises(KeyMissing, match="not among"):
        decrypt(value)
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=[]), pytest.raises(KeyMissing, match="set PAYLOAD"):
        keep_secret.delay(name="n", key="k")
    assert not Job.objects.exists()


def test_an_edit_keeps_what_is_masked_and_encrypts_what_is_new() -> None:
    letter = fail_job("keep_secret", kwargs={"name": "n", "key": "opensesame"})
    kept = edited(letter, {"name": "m", "key": MASK})
    assert "opensesame" not in kept.kwargs
    assert DeadLetter.objects.get().kwargs["key"] != "opensesame"
    with pytest.raises(ArgumentsRefused):
        edited(letter, {"key": MASK})
    assert decrypt(json.loads(kept.kwargs)["key"]) == "opensesame"


@pytest.mark.parametrize(
    ("keys", "codes"), [(["short"], {"E010"}), ([], {"E011"}), ([OLD, "no key"], {"E010"}), ([OLD], set())]
)
def test_keys_are_checked_at_start(keys: list[str], codes: set[str]) -> None:
    with override_settings(PAYLOAD_ENCRYPTION_KEYS=keys):
        assert {fault.code for fault in declared_faults()} == codes


def test_a_subject_that_is_secret_and_a_secret_that_is_no_parameter_are_faults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resolve_task("spill"), "subject", "key")
    monkeypatch.setattr(resolve_task("keep_secret"), "secret", ("kye",))
    secret_fields.cache_clear()
    try:
        assert {fault.code for fault in declared_faults()} == {"E012", "E013"}
    finally:
        secret_fields.cache_clear()


def test_a_development_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "payload.key"
    key = development_key(path)
    Fernet(key)
    assert development_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["payload.key"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("the key is opensesame!", "the key is ••••••••!"), ({"opensesame": ["opensesame", 1]}, {MASK: [MASK, 1]}),
        (4711, MASK), (47110, 47110), (None, None), (r"it's a\nb", r"it's ••••••••"),
    ],
)  # fmt: skip
def test_texts_are_redacted_at_any_depth_and_in_any_spelling(value: object, shown: object) -> None:
    assert redact(value, ("opensesame", "4711", "a\nb")) == shown


def test_an_error_without_a_secret_stays_itself() -> None:
    error = ValueError("no luck", 3)
    assert conceal(error, ("opensesame",)) is error
    assert error.args == ("no luck", 3)
