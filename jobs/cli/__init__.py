"""The command line: one module per ability; `jobs/management/commands/` puts them together."""
