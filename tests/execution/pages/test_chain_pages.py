"""The pages of intents and contracts, without a browser."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.models import Intent
from execution.models import Contract
from jobs import testing
from tests.evm_chain import EvmChain
from tests.execution.intents import ETHER, A, B


def test_the_form_is_filled_in_with_something_that_works(operator: Client, evm: EvmChain) -> None:
    page = operator.get("/intents")
    entered = page.context["entered"]
    assert (entered["sender"], entered["recipient"], entered["amount"]) == (A.address, B.address, "0.25")
    assert "Nothing was handed in yet." in page.content.decode()
    with evm.mining(), testing.inline():
        shown = operator.post("/intents", entered, follow=True)
    html = operator.get(shown.request["PATH_INFO"]).content.decode()
    for text in ("Transfer of 0.25 ETH", "fulfill_intent", "execute_intent", "confirmed", "Nonce"):
        assert text in html
    assert int(Intent.objects.get().amount) == ETHER // 4
    assert "confirmed" in operator.get("/intents", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount": "much"}, "is no amount"),
        ({"amount": "0.0000000000000000001"}, "is no amount"),
        ({"amount": "1e999999"}, "is no amount"),
        ({"amount": "-1e999999"}, "is no amount"),
        ({"amount": "infinity"}, "is no amount"),
        ({"amount": "1e60"}, "less than 1157"),
        ({"sender": "<b>"}, "is no EVM address"),
        ({"strategy": "none"}, "unknown"),
    ],
)
def test_a_wrong_form_is_refused_in_words(
    operator: Client, evm: EvmChain, changes: dict[str, str], problem: str
) -> None:
    body = {"sender": A.address, "recipient": B.address, "amount": "1", "strategy": "standard"}
    answer = operator.post("/intents", body | changes)
    assert (answer.status_code, problem in answer.content.decode()) == (422, True)
    assert "<b>" not in answer.content.decode().replace("<body", "")
    assert not Intent.objects.exists()


def test_no_digit_of_an_amount_is_rounded_away(operator: Client, evm: EvmChain) -> None:
    body = {
        "sender": A.address,
        "recipient": B.address,
        "amount": "12345678901.000000000000000001",
        "strategy": "fast",
    }
    assert operator.post("/intents", body).status_code == 302
    assert int(Intent.objects.get().amount) == 12345678901 * ETHER + 1
    token = {"token": "0x" + "12" * 20, "amount": "1" * 40}
    assert operator.post("/intents", body | token).status_code == 302
    assert Intent.objects.filter(amount=int("1" * 40)).exists()


def test_the_sample_contract_is_deployed_and_read(operator: Client, evm: EvmChain) -> None:
    entered = operator.get("/contracts").context["entered"]
    with evm.mining(), testing.inline():
        operator.post("/contracts", entered)
    contract = Contract.objects.get()
    address = f"/contracts/{contract.uid}"
    html = operator.get(address).content.decode()
    assert contract.address in html
    assert "read back, and the one that was meant" in html
    read = operator.post(address, {"function": "balanceOf", "arguments": f'["{A.address}"]'})
    assert read.context["values"] == ["1000000000000000000000000"]
    wrong = operator.post(address, {"function": "balanceOf", "arguments": "me"})
    assert "are a JSON list" in wrong.content.decode()


@pytest.mark.parametrize(
    "arguments",
    ["[" * 700 + "]" * 700, "[" * 100_000, "[NaN]", "[1e999]", '["\\ud800"]', "{}"],
)
def test_arguments_that_cannot_be_kept_are_refused_in_words(
    operator: Client, evm: EvmChain, arguments: str
) -> None:
    entered = operator.get("/contracts").context["entered"] | {"arguments": arguments}
    answer = operator.post("/contracts", entered)
    assert (answer.status_code, "are a JSON list" in answer.content.decode()) == (422, True)
    assert not Contract.objects.exists()


def test_a_viewer_may_look_but_not_start(db: None, evm: EvmChain) -> None:
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    for page in ("/intents", "/contracts"):
        assert viewer.get(page).status_code == 200
        assert viewer.post(page, {}).status_code == 403
    assert viewer.get("/intents/none").status_code == 404
    assert viewer.get("/contracts/none").status_code == 404
