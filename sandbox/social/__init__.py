"""What people say about the sandbox's coins: Reddit, X, Telegram, news feeds."""
