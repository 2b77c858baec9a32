"""CloudWatch Logs as files: log groups, streams and events in a directory.

Output goes through a `pipeline`: bytes become `lines`, and those events, in `assembly`; where it is
asked for, a `ring` drops what nobody takes in time. `writer` appends events to the files that
`directory` names, and a `journal` says how far, for whoever goes on after a kill (`recovery`).
`reader` reads them back, `retention` deletes them.
"""
