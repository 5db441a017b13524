"""Alert rules: what they look at, when they come true, and what is remembered of it."""
