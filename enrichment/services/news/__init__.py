"""News about the market: fetched when it changed, stored once, tagged, scored, searchable."""
