"""Computes: profit and loss, behaviour, similarity, intents."""
