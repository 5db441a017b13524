"""Acts: chain, contracts, notifications, speech."""
