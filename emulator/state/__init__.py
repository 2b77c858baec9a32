"""Run history: what every task was and how it ended, in SQLite."""
