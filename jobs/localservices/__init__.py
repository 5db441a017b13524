"""PostgreSQL and Valkey on this machine, for people who have not set up their own."""
