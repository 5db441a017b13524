"""One small program per system, all behind bench/peers/interface.py; each runs in its own environment."""
