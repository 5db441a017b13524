"""The pages of the analyst: wallets."""
