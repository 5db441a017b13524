"""The pages of what is done: intents, contracts, speech and notifications."""
