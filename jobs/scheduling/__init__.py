"""Schedules: which ticks are due (pure), what becomes of them (pure), and firing them, each once."""
