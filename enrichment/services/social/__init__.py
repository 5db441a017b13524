"""What people say about coins: found, scored, stored once, counted."""
