"""From what happened in a transaction to what it meant for one wallet. Pure; `normalise` is the way in."""
