"""/api/v1/contracts: deployed, verified, called."""

from typing import Any

import pytest
from django.test import Client, override_settings

from enrichment.providers.evm.node import node
from execution.models import Contract
from execution.services.contracts.artifacts import FOLDER, NAMES, artifact, build, source_of
from execution.services.contracts.compile import DoesNotCompile
from execution.services.contracts.deploy import deploy
from execution.services.wallets.store import store_smart_account
from jobs import testing
from jobs.errors import Permanent
from jobs.models import Job
from tests.evm_chain import EvmChain
from tests.execution import stops
from tests.execution.intents import ETHER, A, B

TOKEN = {
    "name": "Sample token", "sender": A.address, "source": source_of("token"),
    "arguments": ["Sample", "SMP", "1000000"],
}  # fmt: skip


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    """POST JSON."""
    return client.post(f"/api/v1/contracts{path}", body, content_type="application/json")


def deployed(operator: Client, evm: EvmChain, body: dict[str, Any]) -> dict[str, Any]:
    """A contract, deployed."""
    with evm.mining(), testing.inline():
        answer = post(operator, "", body)
        assert answer.status_code == 202, answer.content
    found: dict[str, Any] = operator.get(f"/api/v1/contracts/{answer.json()['id']}").json()
    return found


def test_a_source_is_compiled_deployed_verified_and_called(operator: Client, evm: EvmChain) -> None:
    found = deployed(operator, evm, TOKEN)
    assert (found["state"], found["codeVerified"], found["compiler"]) == ("deployed", True, "vyper 0.4.3")
    assert found["receipt"]["contractAddress"] == found["address"]
    assert found["gasUsed"] == int(found["receipt"]["gasUsed"], 16)
    assert evm.rpc("eth_getCode", found["address"], "latest") == artifact("token").runtime
    path = f"/{found['id']}/read"
    read = post(operator, path, {"function": "balanceOf", "arguments": [A.address]})
    assert read.json() == {"values": ["1000000"]}
    assert post(operator, path, {"function": "symbol"}).json() == {"values": ["SMP"]}
    for body, field in (
        ({"function": "balanceOf", "arguments": ["me"]}, "arguments.arg0"),
        ({"function": "transfer", "arguments": [B.address, "1"]}, "function"),
        ({"function": "nothing"}, "function"),
    ):
        answer = post(operator, path, body)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def test_bytecode_with_its_abi_is_deployed_and_verified(operator: Client, evm: EvmChain) -> None:
    made = artifact("token")
    body = {name: value for name, value in TOKEN.items() if name != "source"}
    blank = {"source": " \n"}  # of a form that was left empty: there is nothing to compile
    found = deployed(operator, evm, body | blank | {"bytecode": made.bytecode, "abi": made.abi})
    assert (found["state"], found["codeVerified"], found["source"]) == ("deployed", True, "")


def test_a_source_that_does_not_compile_is_a_dead_letter_with_the_compilers_words(
    operator: Client, evm: EvmChain
) -> None:
    from execution.tasks.contracts import deploy_contract

    with testing.inline() as jobs:
        uid = post(operator, "", TOKEN | {"source": "@deploy\ndef __init__(:\n"}).json()["id"]
        jobs.assert_failed(deploy_contract, contract_id=uid, environment="development", error=DoesNotCompile)
        assert [letter.retryable for letter in jobs.dead_letters] == [False]
    contract = Contract.objects.get(uid=uid)
    assert (contract.state, "does not compile" in contract.error) == ("failed", True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": ""}, "source"),
        ({"bytecode": "0x00", "source": "x"}, "source"),
        ({"source": "", "bytecode": "60xx"}, "bytecode"),
        ({"source": "", "bytecode": "0x60", "abi": artifact("token").abi, "arguments": ["a", "b", "many"]},
         "arguments.supply"),
        ({"source": "", "bytecode": "0x60", "abi": artifact("token").abi, "arguments": []}, "arguments"),
        ({"sender": "me"}, "sender"),
        ({"environment": "moon"}, "environment"),
        ({"tags": ["two words"]}, "tags.0"),
        ({"tags": ["\x00"]}, "tags.0"),
        ({"source": "\x00"}, "source"),
        ({"arguments": [{"deep": ["\x00"]}]}, "arguments"),
        ({"source": "", "bytecode": "0x60", "abi": [{"type": "constructor", "inputs": ["x"]}]}, "abi"),
        ({"source": "", "bytecode": "0x60", "abi": [{"type": "constructor", "inputs": {}}]}, "abi"),
        ({"source": "", "bytecode": "0x60", "abi": [{"type": "constructor", "inputs": [{"type": 5}]}]}, "abi"),
        ({"source": "", "bytecode": "0x60", "abi": [{"type": "event", "inputs": [{"type": "uint7"}]}]}, "abi"),
        ({"source": "", "bytecode": "0x60", "abi": [{"type": "event", "inputs": [{"type": "tuple"}]}]}, "abi"),
        ({"source": "", "bytecode": "0x60", "abi": [{"type": "function", "name": "<b>"}]}, "abi"),
        ({"source": "", "bytecode": "0x60", "arguments": [],
          "abi": [{"type": "constructor", "inputs": [{"type": "uint8"}]}]}, "arguments"),
        ({"source": "", "bytecode": "0x60", "arguments": ["9" * 9000],
          "abi": [{"type": "constructor", "inputs": [{"type": "uint8"}]}]}, "arguments.0"),
        ({"requestKey": ""}, "requestKey"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_by_field_and_stores_nothing(
    operator: Client, evm: EvmChain, changes: dict[str, Any], field: str
) -> None:
    answer = post(operator, "", TOKEN | changes)
    assert answer.status_code == 422, answer.content
    assert any(name.endswith(field) for name in answer.json()["fields"]), answer.json()
    assert not Contract.objects.exists()
    assert not Job.objects.exists()


def test_arguments_that_the_compiled_constructor_does_not_take_fail_for_good(
    operator: Client, evm: EvmChain
) -> None:
    from execution.tasks.contracts import deploy_contract

    with testing.inline() as jobs:
        uid = post(operator, "", TOKEN | {"arguments": ["Sample", "SMP", "-1"]}).json()["id"]
        jobs.assert_failed(deploy_contract, contract_id=uid, environment="development", error=Permanent)
    contract = Contract.objects.get(uid=uid)
    assert (contract.state, contract.error) == (
        "failed", "The arguments do not fit: arguments.supply is no uint256: -1.",
    )  # fmt: skip
    assert len(evm.node.pool) == 0


def test_the_same_request_key_deploys_once_and_serves_for_no_other_contract(
    operator: Client, evm: EvmChain
) -> None:
    wanted = TOKEN | {"requestKey": "the token"}
    first = deployed(operator, evm, wanted)
    again = post(operator, "", wanted)
    assert (again.json()["id"], again.json()["created"]) == (first["id"], False)
    assert again.json()["jobId"] == first["jobs"][0]["id"]
    other = post(operator, "", wanted | {"arguments": ["Sample", "SMP", "2"]})
    assert (other.status_code, list(other.json()["fields"])) == (422, ["requestKey"])
    assert (Contract.objects.count(), Job.objects.count(), len(evm.transactions(A))) == (1, 1, 1)


def test_code_that_is_not_what_was_meant_is_told_with_where_it_is(operator: Client, evm: EvmChain) -> None:
    uid = post(operator, "", TOKEN).json()["id"]
    stops.ARMED["sent"] = 1
    with override_settings(EVM_STEP_HOOK="tests.execution.stops.raise_once"), pytest.raises(stops.Stopped):
        deploy(uid, node(), lambda *_: None)
    Contract.objects.update(source=source_of("smart_account"), arguments=[A.address])  # after it was sent
    with evm.mining(), pytest.raises(Permanent, match="is not the one that was meant"):
        deploy(uid, node(), lambda *_: None)
    contract = Contract.objects.get()
    assert (contract.state, contract.code_verified) == ("failed", False)
    assert evm.rpc("eth_getCode", contract.address, "latest") == artifact("token").runtime


@pytest.mark.parametrize("path", ["", "/read"])
def test_an_id_that_is_none_is_not_found(operator: Client, evm: EvmChain, path: str) -> None:
    for uid in ("none", "%00", "x" * 500):
        address = f"/api/v1/contracts/{uid}{path}"
        answer = (
            operator.post(address, {"function": "x"}, content_type="application/json")
            if path
            else operator.get(address)
        )
        assert answer.status_code == 404
    assert operator.get("/contracts/%00").status_code == 404


@pytest.mark.parametrize(
    ("environment", "tags", "priority"),
    [("production", [], 10), ("development", ["urgent"], 7), ("staging", [], 5), ("development", [], 3)],
)
def test_environment_and_tags_decide_the_priority(
    operator: Client, evm: EvmChain, environment: str, tags: list[str], priority: int
) -> None:
    assert post(operator, "", TOKEN | {"environment": environment, "tags": tags}).status_code == 202
    assert Job.objects.get().priority == priority


def test_a_smart_account_pays_and_its_owner_signs(operator: Client, evm: EvmChain) -> None:
    account = deployed(operator, evm, {
        "name": "Account", "sender": A.address, "source": source_of("smart_account"), "arguments": [A.address],
    })["address"]  # fmt: skip
    store_smart_account(account, A.address, node(), "Shared purse")
    with evm.mining(), testing.inline():
        for sender, recipient in ((A.address, account), (account, B.address)):
            body = {"sender": sender, "recipient": recipient, "amount": str(2 * ETHER)}
            answer = operator.post("/api/v1/intents", body, content_type="application/json")
            assert answer.status_code == 202, answer.content
    states = [row["state"] for row in operator.get("/api/v1/intents").json()["items"]]
    assert states == ["confirmed", "confirmed"]
    assert int(evm.rpc("eth_getBalance", B.address, "latest"), 16) == 10_002 * ETHER
    assert int(evm.rpc("eth_getBalance", account, "latest"), 16) == 0
    assert [tx.nonce for tx in evm.transactions(A)] == [0, 1, 2]


@pytest.mark.parametrize("name", NAMES)
def test_the_artifacts_that_ship_are_what_their_source_compiles_to(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text() == build(name)
