"""How a wallet trades: for how long it holds, how much it puts in, when, how well, and in how many tokens."""
