"""/api/v1/senders: keys go in, and never come out again."""

from typing import Any

import pytest
from django.test import Client

from execution.models import ChainTransaction, Wallet
from execution.services.wallets.keys import key_of
from jobs import testing
from jobs.encryption import is_encrypted
from jobs.models import AuditEntry, Job
from tests.evm_chain import ACCOUNTS, EvmChain
from tests.execution.intents import ETHER, A, B
from tests.execution.tokens import smart_account

PATH = "/api/v1/senders"
KEY = "0x" + "7" * 64
ADDRESS = "0xf4A2eff88a408ff4c4550148151c33c93442619e"


def post(client: Client, kind: str, **body: Any) -> Any:
    """Add one."""
    return client.post(f"{PATH}/{kind}", body, content_type="application/json")


def test_a_key_is_stored_encrypted_acts_and_is_never_shown(operator: Client, evm: EvmChain) -> None:
    answer = post(operator, "keys", privateKey=f" {KEY}", label="Desk")
    assert (answer.status_code, answer.json()["origin"]) == (201, "stored")
    address = answer.json()["address"]
    row = Wallet.objects.get()
    assert is_encrypted(row.key)
    assert key_of(address) == KEY
    listed = operator.get(PATH).content.decode() + operator.get("/senders").content.decode()
    assert address in listed
    told = listed + answer.content.decode() + str(list(AuditEntry.objects.values()))
    assert KEY[2:] not in told + str(list(Wallet.objects.values()))
    assert f"sender {address}" in told, "the audit trail knows of it"
    with evm.mining(), testing.inline():
        for sender, recipient, amount in ((A.address, address, 2 * ETHER), (address, B.address, ETHER)):
            wish = {"sender": sender, "recipient": recipient, "amount": str(amount), "strategy": "fast"}
            assert operator.post("/api/v1/intents", wish, content_type="application/json").status_code == 202
    assert int(evm.rpc("eth_getBalance", B.address, "latest"), 16) == 10_001 * ETHER


def test_the_same_key_again_is_the_same_sender(operator: Client, evm: EvmChain) -> None:
    first, second = (post(operator, "keys", privateKey=KEY, label=label).json() for label in ("One", "Two"))
    assert (first["address"], second["label"]) == (second["address"], "Two")
    assert Wallet.objects.count() == 1


@pytest.mark.parametrize(
    "key", ["", "0x12", "0x" + "0" * 64, "0x" + "f" * 64, "g" * 64, KEY + "77", "7\x007"]
)
def test_what_is_no_key_is_refused_without_being_repeated(operator: Client, evm: EvmChain, key: str) -> None:
    answer = post(operator, "keys", privateKey=key)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["privateKey"])
    assert len(key) < 10 or key not in answer.content.decode()
    assert not Wallet.objects.exists()


def test_a_smart_account_is_added_when_the_chain_says_that_it_obeys_its_owner(
    operator: Client, evm: EvmChain
) -> None:
    account = smart_account(evm, A)
    answer = post(operator, "smart-accounts", address=account, owner=A.address, label="Purse")
    assert (answer.status_code, answer.json()["owner"]) == (201, A.address)
    removed = operator.delete(f"{PATH}/{account}")
    assert (removed.status_code, Wallet.objects.exists()) == (204, False)


def test_what_the_chain_says_against_a_smart_account_is_told(operator: Client, evm: EvmChain) -> None:
    account = smart_account(evm, A)
    stranger = "0x" + "12" * 20
    post(operator, "keys", privateKey=ACCOUNTS[2].key)
    for address, owner, field, words in (
        (account, B.address, "owner", f"does not own it: {A.address} does"),
        (B.address, A.address, "address", "has no contract"),
        (account, stranger, "owner", "whose private key nobody here has"),
        (ACCOUNTS[2].address, A.address, "address", "is the address of a private key"),
        ("0x12", A.address, "address", "is no EVM address"),
    ):
        answer = post(operator, "smart-accounts", address=address, owner=owner)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), answer.content
        assert words in answer.json()["fields"][field]
    assert Wallet.objects.count() == 1


def test_a_sender_with_something_under_way_is_not_removed(operator: Client, evm: EvmChain) -> None:
    address = post(operator, "keys", privateKey=KEY).json()["address"]
    ChainTransaction.objects.create(
        subject="intent:x", chain_id=31337, sender=address, nonce=0, to=B.address, value=1, gas=21_000
    )
    assert operator.delete(f"{PATH}/{address}").status_code == 409
    ChainTransaction.objects.update(state="confirmed")
    assert operator.delete(f"{PATH}/{address}").status_code == 204
    assert operator.delete(f"{PATH}/{address}").status_code == 404
    assert operator.delete(f"{PATH}/nobody").status_code == 422


def test_a_smart_account_whose_intents_are_under_way_is_not_removed(operator: Client, evm: EvmChain) -> None:
    account = smart_account(evm, A)
    post(operator, "smart-accounts", address=account, owner=A.address)
    wish = {"sender": account, "recipient": B.address, "amount": "1", "strategy": "fast"}
    intent = operator.post("/api/v1/intents", wish, content_type="application/json").json()
    refused = operator.delete(f"{PATH}/{account}")
    assert (refused.status_code, "Intents of" in refused.json()["detail"]) == (409, True)
    Job.objects.update(state="failed")
    row = ChainTransaction.objects.create(
        subject=f"intent:{intent['id']}",
        chain_id=31337,
        sender=A.address,
        nonce=0,
        to=account,
        value=0,
        gas=9,
    )
    assert operator.delete(f"{PATH}/{account}").status_code == 409, "its owner's transaction is on its way"
    ChainTransaction.objects.filter(pk=row.pk).update(state="confirmed")
    assert operator.delete(f"{PATH}/{account}").status_code == 204


def test_a_key_whose_deployment_is_under_way_is_not_removed(operator: Client, evm: EvmChain) -> None:
    address = post(operator, "keys", privateKey=KEY).json()["address"]
    wish = {"name": "Nothing", "sender": address, "bytecode": "0x00", "abi": []}
    assert operator.post("/api/v1/contracts", wish, content_type="application/json").status_code == 202
    assert operator.delete(f"{PATH}/{address}").status_code == 409
    Job.objects.update(state="failed")
    assert operator.delete(f"{PATH}/{address}").status_code == 204


def test_who_may_only_look_adds_nothing(viewer: Client, evm: EvmChain) -> None:
    assert viewer.get(PATH).status_code == 200
    assert post(viewer, "keys", privateKey=KEY).status_code == 403
    assert viewer.delete(f"{PATH}/{B.address}").status_code == 403
    assert viewer.post("/senders", {"action": "key", "private_key": KEY}).status_code == 403
    assert Client().get(PATH).status_code == 401
    assert not Wallet.objects.exists()


def test_the_page_adds_removes_and_refuses_in_words(operator: Client, evm: EvmChain) -> None:
    wrong = operator.post("/senders", {"action": "key", "private_key": KEY[:-1], "label": "<b>"})
    html = wrong.content.decode()
    assert (wrong.status_code, KEY[2:-1] in html, "is no private key" in html) == (422, False, True)
    operator.post("/senders", {"action": "key", "private_key": KEY, "label": "Desk"})
    assert Wallet.objects.get().label == "Desk"
    account = smart_account(evm, A)
    operator.post("/senders", {"action": "smart-account", "address": account, "owner": A.address})
    assert account in operator.get("/senders").content.decode()
    for row in Wallet.objects.all():
        assert operator.post("/senders", {"action": "remove", "address": row.address}).status_code == 302
    again = operator.post("/senders", {"action": "remove", "address": account})
    assert (again.status_code, "There is no stored sender" in again.content.decode()) == (422, True)
