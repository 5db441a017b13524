"""Intents: what somebody wants done on a chain, checked before anything is signed."""
