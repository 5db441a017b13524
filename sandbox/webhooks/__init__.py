"""A receiver of webhooks: it checks signatures and keeps what it saw."""
