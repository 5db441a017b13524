"""/api/v1/intents: from the request to the confirmed transaction, and what is refused."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from analysis.models import Intent, Strategy
from execution.models import ChainTransaction, Wallet
from execution.services.wallets.store import store_key
from execution.tasks.intents import execute_intent
from jobs import testing
from jobs.errors import Permanent
from jobs.models import Job
from sandbox.faults import Faults
from tests.evm_chain import EvmChain, signed
from tests.execution.intents import ETHER, A, B

WISH = {"sender": A.address, "recipient": B.address, "amount": str(ETHER)}


def post(client: Client, body: dict[str, Any]) -> Any:
    """Hand an intent in."""
    return client.post("/api/v1/intents", body, content_type="application/json")


def test_an_intent_from_the_request_to_the_confirmed_transaction(operator: Client, evm: EvmChain) -> None:
    with evm.mining(), testing.inline():
        answer = post(operator, WISH | {"requestKey": "rent for November"})
        assert answer.status_code == 202, answer.content
    started = answer.json()
    body = operator.get(f"/api/v1/intents/{started['id']}").json()
    intent, row = body["intent"], body["transaction"]
    assert (intent["state"], intent["reasons"], intent["amount"]) == ("confirmed", [], str(ETHER))
    assert [(job["jobName"], job["queueName"], job["state"]) for job in body["jobs"]] == [
        ("fulfill_intent", "intent-fulfillment", "completed"),
        ("execute_intent", "blockchain-execution", "completed"),
    ]
    assert set(Job.objects.values_list("correlation_id", flat=True)) == {started["correlationId"]}
    assert (row["nonce"], row["state"], len(row["forms"])) == (0, "confirmed", 1)
    assert row["txHash"] == intent["txHash"] == "0x" + evm.transactions(A)[0].hash.hex()
    assert int(evm.rpc("eth_getBalance", B.address, "latest"), 16) == 10_001 * ETHER

    with testing.inline():
        again = post(operator, WISH | {"requestKey": "rent for November"}).json()
    assert (again["id"], again["created"]) == (started["id"], False)
    assert len(evm.transactions(A)) == 1


def test_an_invalid_intent_says_why_and_stops(operator: Client, evm: EvmChain) -> None:
    with testing.inline() as jobs:
        uid = post(operator, WISH | {"amount": str(20_000 * ETHER), "maxGasPrice": "1"}).json()["id"]
    assert [job.short_task for job in jobs.completed] == ["fulfill_intent"]
    intent = operator.get(f"/api/v1/intents/{uid}").json()["intent"]
    assert intent["state"] == "invalid"
    assert {reason["check"] for reason in intent["reasons"]} == {"balance", "price"}
    assert not ChainTransaction.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sender": "0x12"}, "sender"),
        ({"recipient": B.address[:-1] + ("0" if B.address[-1] != "0" else "1")}, "recipient"),
        ({"amount": "-1"}, "amount"),
        ({"amount": str(2**256)}, "amount"),
        ({"amount": "9" * 5000}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"amount": True}, "amount"),
        ({"chainId": True}, "chainId"),
        ({"maxGasPrice": str(10**30)}, "maxGasPrice"),
        ({"maxGasPrice": 0}, "maxGasPrice"),
        ({"chainId": 2**60}, "chainId"),
        ({"expiresAt": "9999-12-31T23:59:59-12:00"}, "expiresAt"),
        ({"expiresAt": "0001-01-01T00:00:00+23:59"}, "expiresAt"),
        ({"strategy": "\x00"}, "strategy"),
        ({"requestKey": "\x00"}, "requestKey"),
        ({"data": "0x123", "kind": "call"}, "data"),
        ({"strategy": "standart"}, "strategy"),
        ({"kind": "steal"}, "kind"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_input_is_told_by_field_and_stores_nothing(
    operator: Client, evm: EvmChain, changes: dict[str, Any], field: str
) -> None:
    answer = post(operator, WISH | changes)
    assert answer.status_code == 422
    assert any(field in name for name in answer.json()["fields"]), answer.json()
    assert not Intent.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ({"chainId": 1}, "chain", "the node is on chain 31337"),
        ({"kind": "token_transfer", "token": "0x" + "ab" * 20}, "token", "There is no contract at"),
        ({"amount": str(2**256 - 1)}, "balance", "Needs "),
        ({"recipient": "0x" + "00" * 20}, "structure", "zero address"),
    ],
)
def test_what_makes_no_sense_on_this_chain_is_invalid_and_never_executed(
    operator: Client, evm: EvmChain, changes: dict[str, Any], check: str, words: str
) -> None:
    with testing.inline() as jobs:
        uid = post(operator, WISH | changes).json()["id"]
    assert [job.short_task for job in jobs.completed] == ["fulfill_intent"]
    intent = Intent.objects.get(uid=uid)
    assert (intent.state, intent.reasons[0]["check"], words in intent.reasons[0]["reason"]) == (
        "invalid",
        check,
        True,
    )


def test_a_request_key_of_another_intent_is_refused_before_and_after_it_ended(
    operator: Client, evm: EvmChain
) -> None:
    wish = WISH | {"requestKey": "rent"}
    first = post(operator, wish).json()
    for ended in (False, True):
        if ended:
            with evm.mining(), testing.stepwise() as jobs:
                jobs.run_all()
        other = post(operator, wish | {"amount": "7"})
        assert (other.status_code, list(other.json()["fields"])) == (422, ["requestKey"])
        again = post(operator, wish).json()
        assert (again["id"], again["jobId"], again["created"]) == (first["id"], first["jobId"], False)
    assert Intent.objects.get().state == "confirmed"


def test_a_network_error_again_is_tried_later(operator: Client, evm: EvmChain) -> None:
    with testing.stepwise(raise_errors=False) as jobs:
        post(operator, WISH | {"strategy": "fast"})
        jobs.run_next()
        evm.injector.faults = Faults(server_error=1)
        jobs.run_next()
        second = jobs.run_next()
        assert second
        assert (second.short_task, second.state, second.attempt) == ("execute_intent", "delayed", 2)
        assert "answered 500" in Intent.objects.get().error
        evm.injector.faults = Faults()
        jobs.advance(seconds=60)
        with evm.mining():
            jobs.run_all()
    assert (Intent.objects.get().state, Intent.objects.get().error) == ("confirmed", "")


def test_a_poor_sender_is_tried_again_with_a_delay(operator: Client, evm: EvmChain) -> None:
    with testing.stepwise(raise_errors=False) as jobs:
        post(operator, WISH | {"amount": str(9_999 * ETHER), "strategy": "fast"})
        jobs.run_next()
        evm.node.send(bytes.fromhex(signed(A, 0, B.address, 5_000 * ETHER)[2:]))
        evm.mine()
        waiting = jobs.run_next()
        assert waiting
        assert (waiting.short_task, waiting.state, waiting.attempt) == ("execute_intent", "delayed", 1)
        assert "insufficient funds" in waiting.reason
        assert waiting.run_at
        assert (waiting.run_at - timezone.now()).total_seconds() > 1
    assert not ChainTransaction.objects.exists()


def test_a_network_error_is_tried_again_at_once(operator: Client, evm: EvmChain) -> None:
    with testing.stepwise(raise_errors=False) as jobs:
        post(operator, WISH | {"strategy": "fast"})
        jobs.run_next()
        evm.injector.faults = Faults(server_error=1)
        failed = jobs.run_next()
        assert failed
        assert (failed.short_task, failed.attempt, "answered 500" in failed.reason) == (
            "execute_intent",
            1,
            True,
        )
        evm.injector.faults = Faults()
        with evm.mining():
            again = jobs.run_next()
    assert again, "nothing is waited for"
    assert again.state == "completed"


def test_a_stranger_is_not_tried_again(operator: Client, evm: EvmChain) -> None:
    body = {"kind": "call", "sender": "0x" + "34" * 20, "recipient": B.address, "strategy": "trusting"}
    Strategy.objects.create(name="trusting", checks=[{"check": "structure"}])
    with testing.inline() as jobs:
        uid = post(operator, body).json()["id"]
        jobs.assert_failed(execute_intent, intent_id=uid, error=Permanent)
    assert Intent.objects.get(uid=uid).error.startswith("there is no key for 0x3434")


def test_the_list_is_paged_and_names_the_senders(operator: Client, evm: EvmChain) -> None:
    store_key("0x" + "7" * 64, "Seven")
    for _ in range(3):
        assert post(operator, WISH).status_code == 202
    first = operator.get("/api/v1/intents?limit=2").json()
    rest = operator.get(f"/api/v1/intents?limit=2&after={first['next']}").json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert [sender["label"] for sender in first["senders"]][:2] == ["Seven", "Treasury"]
    assert "7" * 64 not in str(Wallet.objects.values())
    for uid in ("none", "%00", "x" * 500):
        assert operator.get(f"/api/v1/intents/{uid}").status_code == 404
        assert operator.get(f"/intents/{uid}").status_code == 404


def test_who_may_only_look_starts_nothing(db: None, evm: EvmChain) -> None:
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    assert viewer.get("/api/v1/intents").status_code == 200
    assert post(viewer, WISH).status_code == 403
    assert post(Client(), WISH).status_code == 401
    assert not Intent.objects.exists()
