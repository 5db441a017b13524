"""Engines that speak: one inside this machine, and whatever speaks OpenAI's protocol."""
