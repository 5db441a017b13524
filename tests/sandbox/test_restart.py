"""The chain outlives its process."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from solders.keypair import Keypair

from sandbox.solana.chain import WrongStateError, open_chain
from sandbox.solana.history import History
from sandbox.solana.store import StateInUseError, Store
from tests.sandbox.calls import get, rpc
from tests.sandbox.conftest import ROOT, Server

Start = Callable[..., AbstractContextManager[Server]]


def everything(url: str, addresses: list[str]) -> list[Any]:
    """What the node tells of some addresses."""
    token = {"programId": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"}
    return [
        [
            rpc(url, "getBalance", address)["value"],
            rpc(url, "getTokenAccountsByOwner", address, token, {"encoding": "jsonParsed"})["value"],
            rpc(url, "getSignaturesForAddress", address),
        ]
        for address in addresses
    ]


def test_after_kill_9_the_history_the_balances_and_sent_transactions_are_still_there(start: Start) -> None:
    receiver = str(Keypair().pubkey())
    with start() as first:
        addresses = [*(item["address"] for item in get(first.url, "/sandbox/wallets")[:12]), receiver]
        signature = rpc(first.url, "requestAirdrop", receiver, 123_456_789)
        before = everything(first.url, addresses)
        transaction = rpc(first.url, "getTransaction", signature)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(timeout=10)
    with start() as second:
        assert everything(second.url, addresses) == before
        assert rpc(second.url, "getTransaction", signature) == transaction
        assert before[-1][0] == 123_456_789
        rpc(second.url, "requestAirdrop", receiver, 1)
        assert rpc(second.url, "getBalance", receiver)["value"] == 123_456_790


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_sandbox_stops_cleanly_on_a_signal(start: Start, number: signal.Signals) -> None:
    with start() as running:
        running.process.send_signal(number)
        assert running.process.wait(timeout=10) == 0
        assert running.process.stdout is not None
        assert "Traceback" not in running.process.stdout.read()


def test_a_seeding_that_was_cut_off_leaves_nothing_so_the_next_start_begins_anew(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "sandbox", "--port", "0", "--state", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("opening the chain")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=2)  # by now it is among the first trades
    process.kill()
    process.wait(timeout=10)
    process.stdout.close()
    store = Store(tmp_path)
    assert store.fact("chain") is None
    assert History(store).count == 0
    assert store.accounts() == []
    store.close()


def test_a_folder_made_with_another_seed_is_not_touched(own_state: Path) -> None:
    with pytest.raises(WrongStateError, match="was made with seed 1, not 2"):
        open_chain(own_state, seed=2)
    open_chain(own_state, seed=1).close()


def test_two_sandboxes_cannot_share_a_folder(own_state: Path) -> None:
    chain = open_chain(own_state)
    with pytest.raises(StateInUseError, match="another sandbox is using the state folder"):
        open_chain(own_state)
    chain.close()


def test_a_file_of_another_version_is_set_aside(own_state: Path) -> None:
    store = Store(own_state)
    assert store.fact("chain") == {"seed": 1, "anchor": "2026-11-01"}
    store.sql.execute("PRAGMA user_version = 99")
    store.close()
    again = Store(own_state)
    assert again.fact("chain") is None
    assert (own_state / "solana.set-aside").exists()
    again.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--port", "many"], "the port is a number from 0 to 65535, not 'many'"),
        (["--faults", "503=1"], "--faults: unknown fault '503'"),
        (["--faults", "429=2"], "429 is a share between 0 and 1, not 2.0"),
    ],
)
def test_wrong_options_are_told_in_one_line(tmp_path: Path, options: list[str], message: str) -> None:
    command = [
        sys.executable,
        "manage.py",
        "sandbox",
        "--port",
        "0",
        "--state",
        str(tmp_path / "s"),
        *options,
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_told_before_anything_is_opened(server: Server, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    command = [sys.executable, "manage.py", "sandbox", "--port", port, "--state", str(tmp_path / "s")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in result.stderr
    assert not (tmp_path / "s").exists()
