"""The truth adds up: what wallets meant to do, what the history says, and what they have are the same."""

from collections import Counter

import pytest
from spl.token.constants import WRAPPED_SOL_MINT

from sandbox.solana.chain import Chain
from sandbox.solana.seeding.wallets import samples
from tests.sandbox.calls import wallet

SOL = str(WRAPPED_SOL_MINT)
NAMES = [sample.name for sample in samples()]


def intended(chain: Chain, address: str) -> Counter[str]:
    """What a wallet should have by its ledger: base units by mint, fees and rent taken from SOL."""
    have: Counter[str] = Counter()
    for row in chain.node.ledger.genesis(address):
        have[row["mint"]] += row["quantity"]
    for entry in chain.node.ledger.of_wallet(address):
        have[SOL] -= entry["fee_lamports"] + entry["rent_lamports"]
        sign = {"buy": 1, "sell": -1, "failed": 0}.get(entry["kind"], 1 if entry["direction"] == "in" else -1)
        have[entry["mint"]] += sign * entry["quantity"]
        have[entry["quote_mint"]] -= sign * entry["quote_amount"]
    return Counter({mint: amount for mint, amount in have.items() if amount})


def held(chain: Chain, name: str) -> Counter[str]:
    """What a wallet has; wrapped SOL counts as SOL."""
    address = chain.directory.key(f"wallet/{name}").pubkey()
    have = Counter({SOL: chain.node.book.lamports(address)})
    for _, token in chain.node.book.tokens_of(address):
        have[str(token.mint)] += token.amount
    return Counter({mint: amount for mint, amount in have.items() if amount})


@pytest.mark.parametrize("name", NAMES)
def test_the_ledger_of_a_wallet_adds_up_to_what_it_has_to_the_last_unit(chain: Chain, name: str) -> None:
    assert intended(chain, wallet(chain, name)) == held(chain, name)


def test_the_history_of_every_address_adds_up_to_its_balance(chain: Chain) -> None:
    lamports: Counter[str] = Counter()
    for record in chain.node.history.all():
        for address in set(record.addresses):
            lamports[address] += record.lamport_change(address)
    node, directory = chain.node, chain.directory
    born_rich = {"faucet": 400_000_000, "exchange": 5_000_000, "issuer": 10_000}  # SOL
    for party, sol in born_rich.items():
        lamports[str(directory.key(party).pubkey())] += sol * 10**9
    genesis_accounts = {SOL, str(directory.tokens[1].asset.mint)} | {
        str(directory.assets[symbol].vault_of(directory.key("wallet/missing").pubkey()))
        for symbol in ("PEBL", "KITE")
    }
    wrong = {
        str(address): account.lamports
        for address, account in node.book.items()
        if str(address) not in genesis_accounts and lamports[str(address)] != account.lamports
    }
    assert wrong == {}


def test_the_history_of_every_token_account_adds_up_to_its_amount(chain: Chain) -> None:
    amounts: Counter[tuple[str, str]] = Counter()
    for record in chain.node.history.all():
        for balance, change in record.token_changes().values():
            amounts[balance.owner, balance.mint] += change
    missing = wallet(chain, "missing")
    for row in chain.node.ledger.genesis(missing):
        amounts[missing, row["mint"]] += row["quantity"]
    have: Counter[tuple[str, str]] = Counter()
    for asset in (token.asset for token in chain.directory.tokens):
        for _, token in chain.node.book.holders(asset.mint):
            have[str(token.owner), str(token.mint)] += token.amount
    known = {mint for _, mint in have}
    assert {key: amount for key, amount in amounts.items() if amount and key[1] in known} == {
        key: amount for key, amount in have.items() if amount
    }


def test_multi_hops_and_round_trips_are_two_entries_of_one_transaction_with_one_fee(chain: Chain) -> None:
    for name, note in (("hopper-1", "hop"), ("round-tripper", "round trip")):
        entries = [e for e in chain.node.ledger.of_wallet(wallet(chain, name)) if e["note"] == note]
        by_signature = Counter(entry["signature"] for entry in entries)
        assert len(by_signature) > 5
        assert set(by_signature.values()) == {2}
        assert sum(entry["fee_lamports"] > 0 for entry in entries) == len(by_signature)


def test_coins_moved_between_the_pair_are_transfers_on_both_sides(chain: Chain) -> None:
    first, second = wallet(chain, "pair"), wallet(chain, "pair-second")
    sent = [e for e in chain.node.ledger.of_wallet(first) if e["counterparty"] == second]
    got = [e for e in chain.node.ledger.of_wallet(second) if e["counterparty"] == first]
    assert [(e["kind"], e["direction"]) for e in sent] == [("transfer", "out")] * len(sent)
    assert [(e["signature"], e["mint"], e["quantity"]) for e in sent] == [
        (e["signature"], e["mint"], e["quantity"]) for e in got
    ]
    assert len(sent) > 5
