"""Plain HTTP calls to a sandbox, as an adapter without a library would make them."""

from typing import Any

import httpx2

from sandbox.solana.chain import Chain


def rpc(url: str, method: str, *params: Any) -> Any:
    """The result of one JSON-RPC call; fails the test on an error."""
    answer = rpc_answer(url, method, *params)
    assert "error" not in answer, answer["error"]
    return answer["result"]


def rpc_answer(url: str, method: str, *params: Any) -> Any:
    """The whole answer to one JSON-RPC call."""
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)}
    response = httpx2.post(f"{url}/solana", json=body, timeout=30)
    assert response.status_code == 200
    return response.json()


def get(url: str, path: str, **query: Any) -> Any:
    """The body of a successful GET."""
    response = httpx2.get(f"{url}{path}", params=query, timeout=30)
    assert response.status_code == 200, response.text
    return response.json()


def wallet(chain: Chain, name: str) -> str:
    """The address of a sample wallet."""
    return str(chain.directory.key(f"wallet/{name}").pubkey())
