"""What hand-made transactions mean for `wallet`."""

from enrichment.providers.solana.programs import SOL_MINT, USDC_MINT
from enrichment.services.normaliser.meaning import Leg, Meaning, Transfer
from enrichment.services.normaliser.normalise import normalise
from tests.enrichment.services.normaliser.transactions import (
    ACCOUNTS,
    RENT,
    SOL_ACCOUNTS,
    close,
    made,
    mint_to,
    open_account,
    send,
    transfer,
)

FEE = 5000


def test_a_purchase_with_lamports_leaves_fee_and_rent_out_of_the_price() -> None:
    transaction = made(
        [
            *open_account("wallet", "wallet-a", "wallet", "A"),
            transfer("wallet", "pool", 1_000_000),
            send("pool-a", "wallet-a", 70),
        ],
        lamports={"wallet": -1_000_000 - FEE - RENT, "pool": 1_000_000, "wallet-a": RENT},
        tokens={"wallet-a": 70, "pool-a": -70},
        accounts=ACCOUNTS,
    )
    assert normalise(transaction, "wallet") == Meaning(
        False, FEE, RENT, (Leg(SOL_MINT, 1_000_000, "A", 70, "pool"),)
    )


def test_a_sale_for_wrapped_sol_that_is_unwrapped_at_once_is_a_sale_for_sol() -> None:
    transaction = made(
        [
            *open_account("wallet", "wallet-sol", "wallet", SOL_MINT),
            send("wallet-a", "pool-a", 70),
            send("pool-sol", "wallet-sol", 900),
            close("wallet-sol", "wallet", "wallet"),
        ],
        lamports={"wallet": 900 - FEE, "pool-sol": -900},
        tokens={"wallet-a": -70, "pool-a": 70, "pool-sol": -900},
        accounts={**ACCOUNTS, "pool-sol": ("pool", SOL_MINT)},
    )
    assert normalise(transaction, "wallet") == Meaning(False, FEE, 0, (Leg("A", 70, SOL_MINT, 900, "pool"),))


def test_wrapping_alone_is_neither_trade_nor_transfer() -> None:
    transaction = made(
        [
            *open_account("wallet", "wallet-sol", "wallet", SOL_MINT),
            transfer("wallet", "wallet-sol", 5_000_000),
        ],
        lamports={"wallet": -5_000_000 - RENT - FEE, "wallet-sol": 5_000_000 + RENT},
        tokens={"wallet-sol": 5_000_000},
        accounts=SOL_ACCOUNTS,
    )
    assert normalise(transaction, "wallet") == Meaning(False, FEE, RENT)


def test_closing_an_account_brings_the_rent_back() -> None:
    transaction = made(
        [close("wallet-a", "wallet", "wallet")],
        lamports={"wallet": RENT - FEE, "wallet-a": -RENT},
        accounts=ACCOUNTS,
    )
    assert normalise(transaction, "wallet") == Meaning(False, FEE, -RENT)


def test_a_round_trip_in_one_transaction_is_two_trades_though_the_balance_of_the_coin_is_unchanged() -> None:
    transaction = made(
        [
            transfer("wallet", "pool", 1000),
            send("pool-a", "wallet-a", 70),
            send("wallet-a", "pool-a", 70),
            transfer("pool", "wallet", 990),
        ],
        lamports={"wallet": -10 - FEE, "pool": 10},
        accounts=ACCOUNTS,
    )
    assert normalise(transaction, "wallet").legs == (
        Leg(SOL_MINT, 1000, "A", 70, "pool"),
        Leg("A", 70, SOL_MINT, 990, "pool"),
    )


def test_two_hops_are_two_trades() -> None:
    accounts = {**ACCOUNTS, "other-b": ("other", "B")}
    transaction = made(
        [
            send("wallet-a", "pool-a", 70),
            transfer("pool", "wallet", 500),
            transfer("wallet", "other", 500),
            send("other-b", "wallet-b", 9),
        ],
        lamports={"wallet": -FEE, "pool": -500, "other": 500},
        tokens={"wallet-a": -70, "pool-a": 70, "wallet-b": 9, "other-b": -9},
        accounts=accounts,
    )
    assert normalise(transaction, "wallet").legs == (
        Leg("A", 70, SOL_MINT, 500, "pool"),
        Leg(SOL_MINT, 500, "B", 9, "other"),
    )


def test_a_route_that_pays_one_party_and_is_paid_by_another_is_one_trade() -> None:
    accounts = {**ACCOUNTS, "router-b": ("router", "B")}
    transaction = made(
        [send("wallet-a", "pool-a", 70), send("router-b", "wallet-b", 9), transfer("wallet", "tips", 300)],
        lamports={"wallet": -300 - FEE, "tips": 300},
        tokens={"wallet-a": -70, "pool-a": 70, "wallet-b": 9, "router-b": -9},
        accounts=accounts,
    )
    assert normalise(transaction, "wallet") == Meaning(
        False,
        FEE,
        0,
        (Leg("A", 70, "B", 9, "pool"),),
        (Transfer("transfer", False, SOL_MINT, 300, "tips"),),
    )


def test_lamports_that_a_program_shifts_without_an_instruction_still_pay_for_the_coins() -> None:
    transaction = made(
        [send("wallet-a", "pool-a", 70)],
        lamports={"wallet": 800 - FEE, "pool": -800},
        tokens={"wallet-a": -70, "pool-a": 70},
        accounts=ACCOUNTS,
    )
    assert normalise(transaction, "wallet").legs == (Leg("A", 70, SOL_MINT, 800, "pool"),)


def test_a_token_s_own_transfer_fee_is_taken_off_what_was_bought() -> None:
    transaction = made(
        [transfer("wallet", "pool", 1000), send("pool-a", "wallet-a", 70)],
        lamports={"wallet": -1000 - FEE, "pool": 1000},
        tokens={"wallet-a": 68, "pool-a": -70},
        accounts=ACCOUNTS,
    )
    assert normalise(transaction, "wallet").legs == (Leg(SOL_MINT, 1000, "A", 68, "pool"),)


def test_what_is_borrowed_and_given_back_is_no_trade_and_its_price_is_a_transfer() -> None:
    transaction = made(
        [send("pool-a", "wallet-a", 1000), send("wallet-a", "pool-a", 1003)],
        lamports={"wallet": -FEE},
        tokens={"wallet-a": -3, "pool-a": 3},
        accounts=ACCOUNTS,
    )
    assert normalise(transaction, "wallet") == Meaning(
        False, FEE, 0, (), (Transfer("transfer", False, "A", 3, "pool"),)
    )


def test_the_sender_pays_for_the_receiver_s_account_and_the_receiver_pays_nothing() -> None:
    transaction = made(
        [*open_account("wallet", "friend-a", "friend", "A"), send("wallet-a", "friend-a", 70)],
        lamports={"wallet": -RENT - FEE, "friend-a": RENT},
        tokens={"wallet-a": -70, "friend-a": 70},
        accounts=ACCOUNTS,
    )
    assert normalise(transaction, "wallet") == Meaning(
        False, FEE, RENT, (), (Transfer("transfer", False, "A", 70, "friend"),)
    )
    assert normalise(transaction, "friend") == Meaning(
        False, 0, 0, (), (Transfer("income", True, "A", 70, "wallet"),)
    )


def test_what_comes_from_an_own_wallet_is_no_income() -> None:
    transaction = made(
        [send("friend-a", "wallet-a", 70)],
        tokens={"wallet-a": 70, "friend-a": -70},
        accounts=ACCOUNTS,
        payer="friend",
    )
    (received,) = normalise(transaction, "wallet", {"friend"}).transfers
    assert received == Transfer("transfer", True, "A", 70, "friend")


def test_money_that_comes_is_no_income() -> None:
    accounts = {"wallet-usdc": ("wallet", USDC_MINT), "friend-usdc": ("friend", USDC_MINT)}
    transaction = made(
        [send("friend-usdc", "wallet-usdc", 50), transfer("friend", "wallet", 7)],
        lamports={"wallet": 7, "friend": -7 - FEE},
        tokens={"wallet-usdc": 50, "friend-usdc": -50},
        accounts=accounts,
        payer="friend",
    )
    assert normalise(transaction, "wallet").transfers == (
        Transfer("transfer", True, USDC_MINT, 50, "friend"),
        Transfer("transfer", True, SOL_MINT, 7, "friend"),
    )


def test_minted_coins_come_from_the_authority() -> None:
    transaction = made(
        [mint_to("wallet-a", 70, "issuer")], tokens={"wallet-a": 70}, accounts=ACCOUNTS, payer="issuer"
    )
    assert normalise(transaction, "wallet").transfers == (Transfer("income", True, "A", 70, "issuer"),)


def test_a_failed_transaction_costs_its_payer_the_fee_and_means_nothing_else() -> None:
    transaction = made(
        [transfer("wallet", "pool", 1000)], lamports={"wallet": -FEE}, accounts=ACCOUNTS, failed=True
    )
    assert normalise(transaction, "wallet") == Meaning(True, FEE, 0)
    assert normalise(transaction, "pool") == Meaning(True, 0, 0)


def test_an_instruction_that_is_cut_short_is_passed_over() -> None:
    cut = transfer("wallet", "pool", 1000)
    transaction = made([type(cut)(cut.program, cut.accounts, cut.data[:7])], lamports={"wallet": -FEE})
    assert normalise(transaction, "wallet") == Meaning(False, FEE, 0)
