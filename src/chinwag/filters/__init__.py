"""Drop by one rule a file: `drop` gives one SELECT of the ids to drop, and its values; `LEVEL` says ids of what."""
