"""How a text feels about what it is about: from -1 (bad) to 1 (good)."""
