"""A local EVM chain behind JSON-RPC: py-evm through eth-tester's parameters, or anvil where it is installed."""
