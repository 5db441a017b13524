"""One transaction on chain, exactly once, whatever dies in between."""
