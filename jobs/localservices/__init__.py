"""PostgreSQL and Valkey on this machine, for people who have not set up their own.

`jobs.localservices.launcher.Launcher` is the way in; `jobs.localservices.state` is all that settings need.
"""
