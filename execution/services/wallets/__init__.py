"""Wallets behind one interface: who signs, and what is signed so that the account acts."""
