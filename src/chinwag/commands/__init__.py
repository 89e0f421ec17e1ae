"""Define the commands: each parses its options, calls one `run`, and says what came of it."""
