"""Writes to the tables of the platform: one module per kind of write, every one guarded by the state it expects."""
