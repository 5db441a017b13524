"""The node under the real solana-py client."""

from typing import Any

import pytest
from solana.rpc.async_api import AsyncClient
from solana.rpc.core import RPCException
from solana.rpc.models import TokenAccountOpts
from solders.keypair import Keypair
from solders.message import Message, MessageV0
from solders.signature import Signature
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction
from solders.transaction_status import TransactionConfirmationStatus
from spl.token.constants import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID

from sandbox.solana.chain import Chain
from tests.sandbox.conftest import Server


def client_of(server: Server) -> AsyncClient:
    return AsyncClient(f"{server.url}/solana")


async def test_the_client_finds_the_node_well(server: Server) -> None:
    async with client_of(server) as client:
        assert await client.is_connected()
        assert (await client.get_slot()).value > 300_000_000
        assert (await client.get_version()).value.solana_core == "2.3.6"
        assert (await client.get_minimum_balance_for_rent_exemption(165)).value == 2_039_280


async def test_an_airdrop_and_a_transfer_land_and_are_found_in_the_history(server: Server) -> None:
    payer, target = Keypair(), Keypair().pubkey()
    async with client_of(server) as client:
        await client.request_airdrop(payer.pubkey(), 3 * 10**9)
        blockhash = (await client.get_latest_blockhash()).value.blockhash
        instructions = [
            transfer(TransferParams(from_pubkey=payer.pubkey(), to_pubkey=target, lamports=10**9))
        ]
        message = Message.new_with_blockhash(instructions, payer.pubkey(), blockhash)
        signature = (await client.send_transaction(VersionedTransaction(message, [payer]))).value
        status = (await client.get_signature_statuses([signature])).value[0]
        assert status is not None
        assert status.confirmation_status == TransactionConfirmationStatus.Finalized
        assert (await client.get_balance(target)).value == 10**9
        assert (await client.get_balance(payer.pubkey())).value == 2 * 10**9 - 5_000
        listed = (await client.get_signatures_for_address(payer.pubkey())).value
        assert listed[0].signature == signature
        assert len(listed) == 2
        found = (
            await client.get_transaction(signature, "jsonParsed", max_supported_transaction_version=0)
        ).value
        assert found is not None
        assert found.transaction.meta is not None
        assert found.transaction.meta.pre_balances[:2] == [3 * 10**9, 0]
        assert found.transaction.meta.post_balances[:2] == [2 * 10**9 - 5_000, 10**9]
        assert found.block_time is not None


async def test_a_version_0_transaction_is_executed_too(server: Server) -> None:
    payer, target = Keypair(), Keypair().pubkey()
    async with client_of(server) as client:
        await client.request_airdrop(payer.pubkey(), 10**9)
        blockhash = (await client.get_latest_blockhash()).value.blockhash
        instructions = [
            transfer(TransferParams(from_pubkey=payer.pubkey(), to_pubkey=target, lamports=10**8))
        ]
        message = MessageV0.try_compile(payer.pubkey(), instructions, [], blockhash)
        signature = (await client.send_transaction(VersionedTransaction(message, [payer]))).value
        with pytest.raises(RPCException, match="maxSupportedTransactionVersion"):
            await client.get_transaction(signature)
        found = (await client.get_transaction(signature, max_supported_transaction_version=0)).value
        assert found is not None
        assert found.transaction.version == 0


async def test_a_transfer_beyond_the_balance_is_refused_and_leaves_no_trace(server: Server) -> None:
    payer = Keypair()
    async with client_of(server) as client:
        await client.request_airdrop(payer.pubkey(), 10**9)
        blockhash = (await client.get_latest_blockhash()).value.blockhash
        instructions = [
            transfer(
                TransferParams(from_pubkey=payer.pubkey(), to_pubkey=Keypair().pubkey(), lamports=10**10)
            )
        ]
        message = Message.new_with_blockhash(instructions, payer.pubkey(), blockhash)
        with pytest.raises(RPCException, match="custom program error: 0x1"):
            await client.send_transaction(VersionedTransaction(message, [payer]))
        assert (await client.get_balance(payer.pubkey())).value == 10**9
        assert len((await client.get_signatures_for_address(payer.pubkey())).value) == 1


async def test_the_token_accounts_of_a_wallet_are_parsed_for_both_programs(
    server: Server, chain: Chain
) -> None:
    owner = chain.directory.key("wallet/holder-2").pubkey()
    expected = {
        (str(token.mint), token.amount, token.program) for _, token in chain.node.book.tokens_of(owner)
    }
    found = set()
    async with client_of(server) as client:
        for program in (TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID):
            options = TokenAccountOpts(program_id=program)
            answer = await client.get_token_accounts_by_owner_json_parsed(owner, options)
            for item in answer.value:
                info: Any = item.account.data.parsed
                amount = int(info["info"]["tokenAmount"]["amount"])
                found.add((info["info"]["mint"], amount, program))
    assert found == expected
    assert {program for _, _, program in found} == {TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID}


async def test_supply_and_largest_holders_of_a_coin(server: Server, chain: Chain) -> None:
    mint = chain.directory.assets["KITE"].mint
    async with client_of(server) as client:
        supply = (await client.get_token_supply(mint)).value
        assert (supply.amount, supply.decimals) == (str(21_000_000 * 10**9), 9)
        largest = (await client.get_token_largest_accounts(mint)).value
        amounts = [int(item.amount.amount) for item in largest]
        assert len(amounts) == 20
        assert amounts == sorted(amounts, reverse=True)


async def test_pages_of_signatures_go_backwards_without_gap_or_repetition(
    server: Server, chain: Chain
) -> None:
    address = chain.directory.key("wallet/market-maker").pubkey()
    pages: list[list[Signature]] = []
    before: Signature | None = None
    async with client_of(server) as client:
        while True:
            answer = await client.get_signatures_for_address(address, before=before, limit=700)
            if not answer.value:
                break
            pages.append([entry.signature for entry in answer.value])
            before = pages[-1][-1]
    signatures = [signature for page in pages for signature in page]
    assert [len(page) for page in pages[:2]] == [700, 700]
    assert len(set(signatures)) == len(signatures) == chain.node.history.count_of(str(address))


async def test_a_wallet_is_not_listed_when_only_its_token_account_is_touched(
    server: Server, chain: Chain
) -> None:
    wallet = chain.directory.key("wallet/airdropped-1").pubkey()
    entries = chain.node.ledger.of_wallet(str(wallet))
    incomes = [entry["signature"] for entry in entries if entry["kind"] == "income"]
    async with client_of(server) as client:
        listed = {str(item.signature) for item in (await client.get_signatures_for_address(wallet)).value}
        hidden = [signature for signature in incomes if signature not in listed]
        assert len(hidden) >= 5
        by_accounts = set()
        for account, _ in chain.node.book.tokens_of(wallet):
            answer = await client.get_signatures_for_address(account)
            by_accounts |= {str(item.signature) for item in answer.value}
    assert set(hidden) <= by_accounts
