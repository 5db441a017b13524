"""The task platform: knows no domain."""
