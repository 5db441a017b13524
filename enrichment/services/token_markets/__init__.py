"""Names, prices and market data of the tokens that wallets hold."""
