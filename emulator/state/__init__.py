"""Run history: what every task was and how it ended, in SQLite.

`directory` is the state directory and who is at work on it, `database` the file and its migrations.
`recorder` takes in what happens and `history_writer` writes it; `history`, `firings`, `period` and
`statistics` read. What must outlive its process is in `promises`, `scheduler_note` and `snapshot`.
"""
