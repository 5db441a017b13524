"""What the chain is, whichever node keeps it."""

CHAIN_ID = 31337  # as of the other local chains
GAS_LIMIT = 30_000_000  # of a block
REST_AFTER = 64  # empty blocks after the last transaction; then the chain rests until the next one
