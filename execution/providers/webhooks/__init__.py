"""Webhooks: signed, and never sent to an address that only this machine or its network can reach."""
