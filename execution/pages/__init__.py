"""The pages of what is done: speech and notifications."""
