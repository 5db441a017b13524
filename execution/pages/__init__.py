"""The pages of intents and contracts."""
