"""What changes: alerts raised, resolved, silenced."""
