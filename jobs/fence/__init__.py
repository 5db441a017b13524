"""Tickets, leases and the event log in Redis: what lets each attempt start once and end once."""
