"""Where people talk: Reddit, X, Telegram, feeds. One file for each company, behind one Protocol."""
